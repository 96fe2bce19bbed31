Profile: MgnConsultationRecord
Parent: Composition
Id: mgn-consultation-record
Title: "Record of a case consultation"
Description: "The question, the view of each organisation, the decisions and the agreements. A section is disclosed to care, and to the social domain only if it is marked for it (extension mgn-domain). The narrative is the record in plain Dutch, for the person; the gateway generates it."
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
* event.detail ^short = "The Task that requested the consultation"
* section 1..*
* section.extension contains DomainExtension named domain 0..*
* section.code 1..1
* section.code from ConsultationSection (required)
* section.text 1..1
* section.section 0..0

Invariant: mgn-consultation-record-1
Description: "The record contains the question."
Severity: #error
Expression: "section.code.coding.where(code = 'question').exists()"

Invariant: mgn-consultation-record-2
Description: "The record contains the decision."
Severity: #error
Expression: "section.code.coding.where(code = 'decision').exists()"

Invariant: mgn-consultation-record-3
Description: "The author of a view is the organisation that holds it."
Severity: #error
Expression: "section.where(code.coding.code = 'view').all(author.exists())"
