Extension: LifeDomainAccount
Id: mgn-life-domain-account
Title: "Account of a life domain"
Description: "What goes well and what is asked in one part of the life of the person, in the words of the conversation."
Context: CarePlan
* insert Dutch("Verhaal per levensdomein")
* extension contains lifeDomain 1..1 and goesWell 0..1 and question 0..1
* extension[lifeDomain].value[x] only CodeableConcept
* extension[lifeDomain].value[x] 1..1
* extension[lifeDomain].valueCodeableConcept from LifeDomains (required)
* extension[goesWell].value[x] only string
* extension[goesWell].value[x] 1..1
* extension[question].value[x] only string
* extension[question].value[x] 1..1
