Profile: MgnFeedbackDocument
Parent: Bundle
Id: mgn-feedback-document
Title: "Feedback document"
Description: "The feedback letter with the resources it is based on, as an immutable document: the Composition first, the Communication that it describes, the person, the author, and within care the conversation with its plan."
* insert Dutch("Terugkoppeldocument")
* obeys mgn-feedback-1 and mgn-feedback-2
* identifier 1..1
* type = #document
* timestamp 1..1
* entry 4..*
* entry.fullUrl 1..1
* entry.resource 1..1
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains
    composition 1..1 and
    communication 1..1 and
    patient 1..1 and
    organization 1..* and
    encounter 0..1 and
    plan 0..1 and
    goal 0..* and
    careTeam 0..1
* entry[composition].resource only MgnFeedbackLetter
* entry[communication].resource only MgnFeedback
* entry[patient].resource only MgnPatient
* entry[organization].resource only MgnOrganization
* entry[encounter].resource only MgnConversation
* entry[plan].resource only MgnActionPlan
* entry[goal].resource only MgnGoal
* entry[careTeam].resource only MgnCareTeam

Invariant: mgn-feedback-1
Description: "A feedback document contains the letter, its Communication, the person, organisations, and the conversation with its plan; no other resource of a referral."
Severity: #error
Expression: "entry.resource.all($this is Composition or $this is Communication or $this is Patient or $this is Organization or $this is Encounter or $this is CarePlan or $this is Goal or $this is CareTeam)"

Invariant: mgn-feedback-2
Description: "The letter is about the topic of its Communication."
Severity: #error
Expression: "entry.resource.ofType(Composition).event.code.coding.code.subsetOf(entry.resource.ofType(Communication).topic.coding.code)"
