Profile: MgnGoal
Parent: Goal
Id: mgn-goal
Title: "Goal in a life domain"
Description: "What the person wants to reach, in their own words, and the part of life it is about. A part of life that the lists do not have stands as text in category."
* insert Dutch("Doel in een levensdomein")
* obeys mgn-goal-1 and mgn-goal-2
* extension contains LifeDomainExtension named lifeDomain 0..*
* subject only Reference(Patient)

Invariant: mgn-goal-1
Description: "A goal is told in words."
Severity: #error
Expression: "description.text.exists()"

Invariant: mgn-goal-2
Description: "A goal tells the part of life that it is about."
Severity: #warning
Expression: "extension.where(url.endsWith('/StructureDefinition/mgn-life-domain')).exists() or category.exists()"
