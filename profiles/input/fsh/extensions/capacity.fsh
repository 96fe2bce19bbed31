Extension: Capacity
Id: mgn-capacity
Title: "Capacity"
Description: "Whether this service has places now, with an optional note. The concept follows HL7 SDOH Clinical Care (capacity status with notes); the codes and the day of assessment are our own."
Context: HealthcareService
* insert Dutch("Capaciteit")
* extension contains status 1..1 and note 0..1 and assessedOn 1..1
* extension[status].value[x] only CodeableConcept
* extension[status].value[x] 1..1
* extension[status].valueCodeableConcept from CapacityStatus (required)
* extension[note] ^short = "Free text about the service; never about a person"
* extension[note].value[x] only string
* extension[note].value[x] 1..1
* extension[assessedOn].value[x] only date
* extension[assessedOn].value[x] 1..1
* extension[assessedOn].valueDate obeys mgn-whole-day
