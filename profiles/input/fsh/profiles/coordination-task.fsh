Profile: MgnCoordinationTask
Parent: Task
Id: mgn-coordination-task
Title: "Coordination Task"
Description: "Who does what with a referral, and how it stands. The rules mgn-task-1 to 6 follow the Dutch draft of clinical workflow (Twiin TA Workflow, after HL7 Clinical Order Workflows)."
* insert Dutch("Coördinatietaak")
* obeys mgn-task-1 and mgn-task-2 and mgn-task-3 and mgn-task-4 and mgn-task-5 and mgn-task-6 and mgn-task-7 and mgn-task-8
* extension contains LegalBasisExtension named legalBasis 1..1
* identifier 1..*
* status from CoordinationTaskStatus (required)
* intent = #order
* code 1..1
* code from TaskVerb (required)
* code ^short = "The verb and the use case"
* code.coding 2..*
* code.coding ^slicing.discriminator.type = #pattern
* code.coding ^slicing.discriminator.path = "$this"
* code.coding ^slicing.rules = #open
* code.coding contains useCase 1..1
* code.coding[useCase] ^patternCoding.system = Canonical(UseCaseCodes)
* code.coding[useCase] from UseCase (required)
* focus 1..1
* focus only Reference(ServiceRequest or CarePlan or Task)
* focus ^short = "What it is about; of a request to stop, the Task that should stop; of a question, the Task that waits"
* for only Reference(Patient)
* authoredOn 1..1
* requester 1..1
* businessStatus from BusinessStatus (required)
* statusReason from StatusReason (required)

Invariant: mgn-task-1
Description: "The reason not-selected is only given to a cancelled Task."
Severity: #error
Expression: "statusReason.coding.where(code = 'not-selected').exists() implies status = 'cancelled'"

Invariant: mgn-task-2
Description: "A selected Task is to be fulfilled and tells for whom."
Severity: #error
Expression: "businessStatus.coding.where(code = 'selected').exists() implies (code.coding.where(code = 'fulfill').exists() and for.exists())"

Invariant: mgn-task-3
Description: "As long as it is only asked whether it can be done, the Task does not tell for whom."
Severity: #error
Expression: "code.coding.where(code = 'request-fulfillment').exists() implies for.empty()"

Invariant: mgn-task-4
Description: "A rejected or cancelled Task tells why."
Severity: #warning
Expression: "(status = 'rejected' or status = 'cancelled') implies statusReason.exists()"

Invariant: mgn-task-5
Description: "A BSN belongs in Patient.identifier, not in Task.for."
Severity: #warning
Expression: "for.identifier.where(system = 'http://fhir.nl/fhir/NamingSystem/bsn').empty()"

Invariant: mgn-task-6
Description: "The reason other is explained in a text."
Severity: #error
Expression: "statusReason.coding.where(code = 'other').exists() implies statusReason.text.exists()"

Invariant: mgn-task-7
Description: "Only a Task that asks to stop, for more information, or to find out why nothing happens, is about another Task."
Severity: #error
Expression: "focus.reference.where(matches('(^|/)Task/')).exists() implies code.coding.where(code = 'abort' or code = 'escalate' or code = 'complete-questionnaire').exists()"

Invariant: mgn-task-8
Description: "As long as it is only asked whether it can be done, nothing in the Task is free text or leads to the person: no description, note, reason, encounter or contained resource, and inputs are codes. What the candidate answers is its own."
Severity: #error
Expression: "code.coding.where(code = 'request-fulfillment').exists() implies (description.empty() and note.empty() and reasonCode.empty() and reasonReference.empty() and encounter.empty() and insurance.empty() and relevantHistory.empty() and contained.empty() and text.empty() and input.all(value is CodeableConcept and value.text.empty()) and (statusReason.text.empty() or status = 'rejected'))"
