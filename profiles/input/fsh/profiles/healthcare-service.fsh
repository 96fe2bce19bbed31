Profile: MgnHealthcareService
Parent: HealthcareService
Id: mgn-healthcare-service
Title: "Service"
Description: "Something that can be asked of a party of the network, in care and in the social domain alike. A Task is owned by a service, not by a person. Waiting times and capacity are told with it, for the social domain as well."
* insert Dutch("Aanbod")
* extension contains
    AcceptedReferrer named acceptedReferrer 0..* and
    Catchment named catchment 0..1 and
    AcceptedAge named acceptedAge 0..1 and
    LifeDomainExtension named lifeDomain 0..* and
    WaitingTime named waitingTime 0..* and
    Capacity named capacity 0..1
* active 1..1
* providedBy 1..1
* type ^slicing.discriminator.type = #pattern
* type ^slicing.discriminator.path = "$this"
* type ^slicing.rules = #open
* type contains network 1..*
* type[network] ^patternCodeableConcept.coding.system = Canonical(ServiceTypeCodes)
* type[network] from ServiceType (required)
* name 1..1
