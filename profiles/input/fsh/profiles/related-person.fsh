Profile: MgnRelatedPerson
Parent: RelatedPerson
Id: mgn-related-person
Title: "Somebody close to the person"
Description: "A relative, friend, carer or representative who takes part in the conversation or is to be called. The role is told with Nictiz' list COD472, as in nl-core."
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
Description: "It is told what somebody is to the person."
Severity: #warning
Expression: "relationship.exists()"
