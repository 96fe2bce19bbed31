Profile: MgnRelatedPerson
Parent: RelatedPerson
Id: mgn-related-person
Title: "Person close to the patient"
Description: "A relative, friend, carer or representative who takes part in the conversation or is a contact. The role is a code of Nictiz list COD472, as in nl-core."
* insert Dutch("Naaste")
* insert NlCore(ContactPerson)
* obeys mgn-related-person-1
* relationship ^slicing.discriminator.type = #pattern
* relationship ^slicing.discriminator.path = "$this"
* relationship ^slicing.rules = #open
* relationship contains role 0..*
* relationship[role] ^patternCodeableConcept.coding.system = $cod472
* name 1..*
* name obeys mgn-name

Invariant: mgn-related-person-1
Description: "The relationship to the person is present."
Severity: #warning
Expression: "relationship.exists()"
