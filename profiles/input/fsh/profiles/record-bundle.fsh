Profile: MgnRecordBundle
Parent: Bundle
Id: mgn-record-bundle
Title: "Record of an exploratory conversation"
Description: "One conversation and its outcome: the Encounter, the action plan with its goals and team, and the follow-up orders. It belongs to an order that the gateway stores; the person is that of the order and is not an entry."
* insert Dutch("Verslag van een verkennend gesprek")
* obeys mgn-record-1 and mgn-record-2 and mgn-record-3
* type from ReferralBundleType (required)
* entry 1..*
* entry.fullUrl 1..1
* entry.resource 1..1
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains
    encounter 1..1 and
    plan 0..1 and
    goal 0..* and
    careTeam 0..1 and
    appointment 0..1 and
    serviceRequest 0..* and
    consent 0..* and
    practitioner 0..* and
    practitionerRole 0..* and
    organization 0..* and
    relatedPerson 0..*
* entry[encounter].resource only MgnConversation
* entry[plan].resource only MgnActionPlan
* entry[goal].resource only MgnGoal
* entry[careTeam].resource only MgnCareTeam
* entry[appointment].resource only MgnConversationAppointment
* entry[serviceRequest].resource only MgnReferral
* entry[consent].resource only MgnConsent
* entry[practitioner].resource only MgnPractitioner
* entry[practitionerRole].resource only MgnPractitionerRole
* entry[organization].resource only MgnOrganization
* entry[relatedPerson].resource only MgnRelatedPerson

Invariant: mgn-record-1
Description: "A finished conversation has its plan, unless the outcome is that more exploration is needed."
Severity: #error
Expression: "entry.resource.ofType(Encounter).where(status = 'finished' and extension.value.coding.where(code = 'more-exploration').empty()).exists() implies entry.resource.ofType(CarePlan).exists()"

Invariant: mgn-record-2
Description: "Each order that follows from the plan is advice to the GP, a transfer or a request to the social domain."
Severity: #error
Expression: "entry.resource.ofType(ServiceRequest).all(category.coding.where(system.endsWith('/CodeSystem/mgn-use-case')).code.subsetOf('advice' | 'transfer' | 'social-request'))"

Invariant: mgn-record-3
Description: "A record contains no Patient: the person is that of the order."
Severity: #error
Expression: "entry.resource.ofType(Patient).empty()"
