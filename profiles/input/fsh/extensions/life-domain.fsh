Extension: LifeDomainExtension
Id: mgn-life-domain
Title: "Life domain"
Description: "A part of life that the request for help, the goal, the consent or the offer is about."
Context: ServiceRequest, Goal, CarePlan, CarePlan.activity.detail, Consent.provision, HealthcareService
* insert Dutch("Levensdomein")
* value[x] only CodeableConcept
* value[x] 1..1
* valueCodeableConcept from LifeDomains (required)
