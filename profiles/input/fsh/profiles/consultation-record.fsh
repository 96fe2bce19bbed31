Profile: MgnConsultationRecord
Parent: Composition
Id: mgn-consultation-record
Title: "Record of a case consultation"
Description: "What was asked, how each organisation sees it, what was decided and agreed. A section goes to care; to the social domain only when it is marked for it (extension mgn-domain). The text is the record in plain Dutch, for the person; the gateway writes it."
* insert Dutch("Verslag van een casusoverleg")
* obeys mgn-consultation-record-1 and mgn-consultation-record-2 and mgn-consultation-record-3
* status = #final
* type = $loinc#11488-4
* category 1..1
* category = UseCaseCodes#case-consultation
* subject 1..1
* subject only Reference(Patient)
* event 1..1
* event.detail 1..1
* event.detail only Reference(Task)
* event.detail ^short = "The Task by which the consultation was asked"
* section 1..*
* section.extension contains DomainExtension named domain 0..*
* section.code 1..1
* section.code from ConsultationSection (required)
* section.text 1..1
* section.section 0..0

Invariant: mgn-consultation-record-1
Description: "The record tells the question."
Severity: #error
Expression: "section.code.coding.where(code = 'question').exists()"

Invariant: mgn-consultation-record-2
Description: "The record tells what was decided."
Severity: #error
Expression: "section.code.coding.where(code = 'decision').exists()"

Invariant: mgn-consultation-record-3
Description: "A view tells by its author which organisation sees it so."
Severity: #error
Expression: "section.where(code.coding.code = 'view').all(author.exists())"
