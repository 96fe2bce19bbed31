Profile: MgnActionPlan
Parent: CarePlan
Id: mgn-action-plan
Title: "Action plan"
Description: "The goals of the person and the activities for each. Self-help and help of people nearby are in activity.detail, requests to others in activity.reference. The narrative is the plan in plain Dutch, for the person; the gateway generates it."
* insert Dutch("Actieplan")
* obeys mgn-plan-1
* extension contains
    Strength named strength 0..* and
    LifeDomainAccount named account 0..* and
    Agreement named agreement 0..*
* intent = #plan
* subject only Reference(Patient)
* encounter 1..1
* careTeam only Reference(CareTeam)
* goal only Reference(Goal)
* activity.reference only Reference(ServiceRequest)
* activity.detail.extension contains LifeDomainExtension named lifeDomain 0..*

Invariant: mgn-plan-1
Description: "A plan contains a goal, an activity, an agreement, a strength or an account of a life domain."
Severity: #error
Expression: "goal.exists() or activity.exists() or extension.where(url.endsWith('/StructureDefinition/mgn-agreement') or url.endsWith('/StructureDefinition/mgn-strength') or url.endsWith('/StructureDefinition/mgn-life-domain-account')).exists()"
