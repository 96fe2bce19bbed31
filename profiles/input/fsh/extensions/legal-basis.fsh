Extension: LegalBasisExtension
Id: mgn-legal-basis
Title: "Legal basis"
Description: "By which right the data that go with this Task may go to its owner. Disclosure reads it and refuses what it does not cover."
Context: Task
* insert Dutch("Grondslag")
* value[x] only CodeableConcept
* value[x] 1..1
* valueCodeableConcept from LegalBasis (required)
