Extension: LegalBasisExtension
Id: mgn-legal-basis
Title: "Legal basis"
Description: "The legal basis for disclosing the data of this Task to its owner. Disclosure reads it and refuses data that it does not cover."
Context: Task
* insert Dutch("Grondslag")
* value[x] only CodeableConcept
* value[x] 1..1
* valueCodeableConcept from LegalBasis (required)
