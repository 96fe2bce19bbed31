Extension: Capacity
Id: mgn-capacity
Title: "Capacity"
Description: "Whether this service can take somebody now, and a note for who asks. The idea is that of HL7's SDOH Clinical Care (capacity status with notes); codes and the day it was assessed are our own."
Context: HealthcareService
* insert Dutch("Capaciteit")
* extension contains status 1..1 and note 0..1 and assessedOn 1..1
* extension[status].value[x] only CodeableConcept
* extension[status].value[x] 1..1
* extension[status].valueCodeableConcept from CapacityStatus (required)
* extension[note] ^short = "For people, about the service; never about a person"
* extension[note].value[x] only string
* extension[note].value[x] 1..1
* extension[assessedOn].value[x] only date
* extension[assessedOn].value[x] 1..1
* extension[assessedOn].valueDate obeys mgn-whole-day
