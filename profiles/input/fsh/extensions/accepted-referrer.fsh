Extension: AcceptedReferrer
Id: mgn-accepted-referrer
Title: "Accepted referrer"
Description: "A type of organisation that may refer to this service. Absent: any type may refer."
Context: HealthcareService
* insert Dutch("Geaccepteerde verwijzer")
* value[x] only CodeableConcept
* value[x] 1..1
* valueCodeableConcept from OrganizationType (required)
