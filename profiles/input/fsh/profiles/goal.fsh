Profile: MgnGoal
Parent: Goal
Id: mgn-goal
Title: "Goal in a life domain"
Description: "A goal of the person, in their own words, with its life domain. A life domain that is in no code list is text in category."
* insert Dutch("Doel in een levensdomein")
* obeys mgn-goal-1 and mgn-goal-2
* extension contains LifeDomainExtension named lifeDomain 0..*
* subject only Reference(Patient)

Invariant: mgn-goal-1
Description: "A goal has a description as text."
Severity: #error
Expression: "description.text.exists()"

Invariant: mgn-goal-2
Description: "A goal has a life domain."
Severity: #warning
Expression: "extension.where(url.endsWith('/StructureDefinition/mgn-life-domain')).exists() or category.exists()"
