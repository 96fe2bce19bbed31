Extension: LifeDomainExtension
Id: mgn-life-domain
Title: "Life domain"
Description: "A life domain that the request for help, the goal, the consent or the service concerns."
Context: ServiceRequest, Goal, CarePlan, CarePlan.activity.detail, Consent.provision, HealthcareService
* insert Dutch("Levensdomein")
* value[x] only CodeableConcept
* value[x] 1..1
* valueCodeableConcept from LifeDomains (required)
