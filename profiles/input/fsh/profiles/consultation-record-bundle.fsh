Profile: MgnConsultationRecordBundle
Parent: Bundle
Id: mgn-consultation-record-bundle
Title: "Outcome of a case consultation"
Description: "The meeting, its record and its follow-up: requests to others, and activities in a plan that is part of the person's plan. It completes the Task of the consultation. The person is that of the case and is not an entry."
* insert Dutch("Wat er uit een casusoverleg kwam")
* obeys mgn-consultation-result-1 and mgn-consultation-result-2 and mgn-consultation-result-3
* type from ReferralBundleType (required)
* entry 2..*
* entry.fullUrl 1..1
* entry.resource 1..1
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains
    encounter 1..1 and
    record 1..1 and
    plan 0..1 and
    goal 0..* and
    serviceRequest 0..* and
    consent 0..* and
    practitioner 0..* and
    practitionerRole 0..* and
    relatedPerson 0..*
* entry[encounter].resource only MgnConsultation
* entry[record].resource only MgnConsultationRecord
* entry[plan].resource only MgnActionPlan
* entry[goal].resource only MgnGoal
* entry[serviceRequest].resource only MgnReferral
* entry[consent].resource only MgnConsent
* entry[practitioner].resource only MgnPractitioner
* entry[practitionerRole].resource only MgnPractitionerRole
* entry[relatedPerson].resource only MgnRelatedPerson

Invariant: mgn-consultation-result-1
Description: "The record is of a consultation that took place: the Encounter is finished."
Severity: #error
Expression: "entry.resource.ofType(Encounter).all(status = 'finished')"

Invariant: mgn-consultation-result-2
Description: "Each follow-up order is advice to the GP, a transfer or a request to the social domain."
Severity: #error
Expression: "entry.resource.ofType(ServiceRequest).all(category.coding.where(system.endsWith('/CodeSystem/mgn-use-case')).code.subsetOf('advice' | 'transfer' | 'social-request'))"

Invariant: mgn-consultation-result-3
Description: "A record contains the meeting, its notes and decisions, and the participants; the person is that of the case, and the gateway creates the Tasks."
Severity: #error
Expression: "entry.resource.all($this is Encounter or $this is Composition or $this is CarePlan or $this is Goal or $this is ServiceRequest or $this is Consent or $this is Practitioner or $this is PractitionerRole or $this is RelatedPerson)"
