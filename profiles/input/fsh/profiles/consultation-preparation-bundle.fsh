Profile: MgnConsultationPreparationBundle
Parent: Bundle
Id: mgn-consultation-preparation-bundle
Title: "Preparation of a case consultation"
Description: "The moment of the consultation, and for each invited organisation a Task with its agenda, part of the Task of the consultation. Disclosure decides for each organisation what it receives. Send it again to change the moment or to invite other organisations."
* insert Dutch("Voorbereiding van een casusoverleg")
* obeys mgn-consultation-preparation-1 and mgn-consultation-preparation-2 and mgn-consultation-preparation-3 and mgn-consultation-preparation-4
* type from ReferralBundleType (required)
* entry 1..*
* entry.fullUrl 1..1
* entry.resource 1..1
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains
    appointment 1..1 and
    task 0..* and
    consent 0..* and
    practitioner 0..* and
    practitionerRole 0..* and
    relatedPerson 0..*
* entry[appointment].resource only MgnConsultationAppointment
* entry[task].resource only MgnCoordinationTask
* entry[consent].resource only MgnConsent
* entry[practitioner].resource only MgnPractitioner
* entry[practitionerRole].resource only MgnPractitionerRole
* entry[relatedPerson].resource only MgnRelatedPerson

Invariant: mgn-consultation-preparation-1
Description: "Each Task invites an organisation by name to prepare a case consultation, and is part of the Task of that consultation."
Severity: #error
Expression: "entry.resource.ofType(Task).all(code.coding.where(code = 'case-consultation').exists() and code.coding.where(code = 'fulfill').exists() and owner.exists() and partOf.count() = 1)"

Invariant: mgn-consultation-preparation-2
Description: "The person is invited: a participant of the Appointment is the Patient, by reference or by type Patient alone. If the person declines, participant.status is declined."
Severity: #error
Expression: "entry.resource.ofType(Appointment).all(participant.actor.where(type = 'Patient' or reference.matches('(^|/)Patient/')).exists())"

Invariant: mgn-consultation-preparation-3
Description: "The Appointment names the Task of the consultation in supportingInformation."
Severity: #error
Expression: "entry.resource.ofType(Appointment).all(supportingInformation.where(reference.matches('(^|/)Task/')).count() = 1)"

Invariant: mgn-consultation-preparation-4
Description: "A preparation contains the Appointment, its Tasks, Consents and participants; the person and the order are those of the case."
Severity: #error
Expression: "entry.resource.all($this is Appointment or $this is Task or $this is Consent or $this is Practitioner or $this is PractitionerRole or $this is RelatedPerson)"
