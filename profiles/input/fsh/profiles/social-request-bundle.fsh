Profile: MgnSocialRequestBundle
Parent: Bundle
Id: mgn-social-request-bundle
Title: "Request to the social domain"
Description: "Everything the social domain receives: the person, the request with its life domains, and with the person's consent the goals and activities in those domains. The gateway builds it by an allow-list; no other data of a referral are included."
* insert Dutch("Vraag aan het sociaal domein")
* obeys mgn-social-1 and mgn-social-2 and mgn-social-3
* type from ReferralBundleType (required)
* entry 3..*
* entry.fullUrl 1..1
* entry.resource 1..1
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains
    serviceRequest 1..1 and
    task 1..1 and
    patient 1..1 and
    goal 0..* and
    plan 0..1
* entry[serviceRequest].resource only MgnReferral
* entry[task].resource only MgnCoordinationTask
* entry[patient].resource only MgnPatient
* entry[goal].resource only MgnGoal
* entry[plan].resource only CarePlan

Invariant: mgn-social-1
Description: "No diagnosis, medication, letter or form is disclosed to the social domain: only the order, its Task, the person, goals and activities."
Severity: #error
Expression: "entry.resource.all($this is ServiceRequest or $this is Task or $this is Patient or $this is Goal or $this is CarePlan)"

Invariant: mgn-social-2
Description: "Only codes of the network are allowed, so that no code of a list of diagnoses is disclosed."
Severity: #error
Expression: "entry.resource.descendants().ofType(Coding).all(system.contains('/CodeSystem/mgn-') or system in ('http://hl7.org/fhir/CodeSystem/task-code' | 'http://terminology.hl7.org/CodeSystem/goal-achievement'))"

Invariant: mgn-social-3
Description: "Reasons, notes, letters and instructions of care stay within care."
Severity: #error
Expression: "entry.resource.ofType(ServiceRequest).all(reasonCode.empty() and reasonReference.empty() and supportingInfo.empty() and note.empty() and patientInstruction.empty() and relevantHistory.empty()) and entry.resource.ofType(Task).all(description.empty() and note.empty() and reasonCode.empty() and reasonReference.empty() and input.empty() and output.empty()) and entry.resource.ofType(Goal).all(note.empty() and addresses.empty() and outcomeCode.empty()) and entry.resource.ofType(CarePlan).all(description.empty() and note.empty() and addresses.empty() and supportingInfo.empty() and activity.detail.reasonCode.empty() and activity.detail.reasonReference.empty())"
