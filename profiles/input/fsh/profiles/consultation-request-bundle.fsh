Profile: MgnConsultationRequestBundle
Parent: Bundle
Id: mgn-consultation-request-bundle
Title: "Request for a case consultation"
Description: "A party of a case requests a consultation across domains. The Task has the subject (an order or plan that the gateway stores), the question in plain words and the legal basis; the person is that of the case and is not an entry."
* insert Dutch("Vraag om een casusoverleg")
* obeys mgn-consultation-request-1 and mgn-consultation-request-2
* type from ReferralBundleType (required)
* entry 1..*
* entry.fullUrl 1..1
* entry.resource 1..1
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains
    task 1..1 and
    consent 0..* and
    practitioner 0..* and
    practitionerRole 0..*
* entry[task].resource only MgnCoordinationTask
* entry[consent].resource only MgnConsent
* entry[practitioner].resource only MgnPractitioner
* entry[practitionerRole].resource only MgnPractitionerRole

Invariant: mgn-consultation-request-1
Description: "The Task requests a case consultation about an order or a plan, and its description is the question."
Severity: #error
Expression: "entry.resource.ofType(Task).all(code.coding.where(code = 'case-consultation').exists() and code.coding.where(code = 'fulfill').exists() and description.exists() and focus.reference.matches('(^|/)(ServiceRequest|CarePlan)/') and partOf.empty() and owner.empty())"

Invariant: mgn-consultation-request-2
Description: "A request contains its Task, Consents and requester; the person and the order are those of the case."
Severity: #error
Expression: "entry.resource.all($this is Task or $this is Consent or $this is Practitioner or $this is PractitionerRole)"
