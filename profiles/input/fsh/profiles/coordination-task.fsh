Profile: MgnCoordinationTask
Parent: Task
Id: mgn-coordination-task
Title: "Coordination Task"
Description: "The work on a referral: its owner and its status. The rules mgn-task-1 to 6 follow the Dutch draft of clinical workflow (Twiin TA Workflow, after HL7 Clinical Order Workflows)."
* insert Dutch("Coördinatietaak")
* obeys mgn-task-1 and mgn-task-2 and mgn-task-3 and mgn-task-4 and mgn-task-5 and mgn-task-6 and mgn-task-7 and mgn-task-8 and mgn-task-9
* extension contains LegalBasisExtension named legalBasis 1..1
* identifier 1..*
* status from CoordinationTaskStatus (required)
* intent from CoordinationTaskIntent (required)
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
* focus ^short = "The order; for an abort request, the Task to stop; for a question, the Task that waits for the answer"
* for only Reference(Patient)
* authoredOn 1..1
* requester 1..1
* businessStatus from BusinessStatus (required)
* statusReason from StatusReason (required)

Invariant: mgn-task-1
Description: "Only a cancelled Task has the reason not-selected."
Severity: #error
Expression: "statusReason.coding.where(code = 'not-selected').exists() implies status = 'cancelled'"

Invariant: mgn-task-2
Description: "A selected Task has code fulfill and names the person in Task.for."
Severity: #error
Expression: "businessStatus.coding.where(code = 'selected').exists() implies (code.coding.where(code = 'fulfill').exists() and for.exists())"

Invariant: mgn-task-3
Description: "A Task with code request-fulfillment does not name the person in Task.for."
Severity: #error
Expression: "code.coding.where(code = 'request-fulfillment').exists() implies for.empty()"

Invariant: mgn-task-4
Description: "A rejected or cancelled Task has a reason."
Severity: #warning
Expression: "(status = 'rejected' or status = 'cancelled') implies statusReason.exists()"

Invariant: mgn-task-5
Description: "A BSN belongs in Patient.identifier, not in Task.for."
Severity: #warning
Expression: "for.identifier.where(system = 'http://fhir.nl/fhir/NamingSystem/bsn').empty()"

Invariant: mgn-task-6
Description: "The reason other has an explanation as text."
Severity: #error
Expression: "statusReason.coding.where(code = 'other').exists() implies statusReason.text.exists()"

Invariant: mgn-task-7
Description: "Only a Task with code abort, complete-questionnaire, escalate or erase-person has another Task as focus."
Severity: #error
Expression: "focus.reference.where(matches('(^|/)Task/')).exists() implies code.coding.where(code = 'abort' or code = 'escalate' or code = 'erase-person' or code = 'complete-questionnaire').exists()"

Invariant: mgn-task-8
Description: "A Task with code request-fulfillment contains no free text and no reference to the person: no description, note, reason, encounter or contained resource, and inputs are codes. The answer of the candidate is free."
Severity: #error
Expression: "code.coding.where(code = 'request-fulfillment').exists() implies (description.empty() and note.empty() and reasonCode.empty() and reasonReference.empty() and encounter.empty() and insurance.empty() and relevantHistory.empty() and contained.empty() and text.empty() and input.all(value is CodeableConcept and value.text.empty()) and (statusReason.text.empty() or status = 'rejected'))"

Invariant: mgn-task-9
Description: "A Task is an order. Only a request to the placer to withdraw its order (abort, with the order as focus) is a proposal."
Severity: #error
Expression: "intent = 'proposal' implies (code.coding.where(code = 'abort').exists() and focus.reference.where(matches('(^|/)ServiceRequest/')).exists())"
