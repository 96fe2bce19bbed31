Profile: MgnHealthcareService
Parent: HealthcareService
Id: mgn-healthcare-service
Title: "Service"
Description: "A service that can be requested from a party of the network, in care and in the social domain. The owner of a Task is a service, not a person. It carries waiting times and capacity, also in the social domain."
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
