Profile: MgnConsultationExtractBundle
Parent: Bundle
Id: mgn-consultation-extract-bundle
Title: "Case consultation as disclosed to the social domain"
Description: "With the person's explicit consent: the person, the moment, the agenda and afterwards the sections of the record, as far as they are marked for the social domain. The gateway builds it by an allow-list."
* insert Dutch("Wat het sociaal domein van een casusoverleg krijgt")
* obeys mgn-consultation-extract-1 and mgn-consultation-extract-2 and mgn-consultation-extract-3
* type from ReferralBundleType (required)
* entry 1..*
* entry.fullUrl 1..1
* entry.resource 1..1

Invariant: mgn-consultation-extract-1
Description: "Only Task, Appointment, person and record are disclosed; no diagnosis, care plan or letter."
Severity: #error
Expression: "entry.resource.all($this is Task or $this is Appointment or $this is Patient or $this is Composition)"

Invariant: mgn-consultation-extract-2
Description: "Only codes of the network are allowed, so that no code of a list of diagnoses is disclosed."
Severity: #error
Expression: "entry.resource.descendants().ofType(Coding).all(system.contains('/CodeSystem/mgn-') or system in ('http://hl7.org/fhir/CodeSystem/task-code' | 'http://loinc.org'))"

Invariant: mgn-consultation-extract-3
Description: "Each section and each agenda item is marked for the social domain; none is meant for other readers."
Severity: #error
Expression: "entry.resource.ofType(Composition).section.all(extension.value.coding.where(code = 'social').exists() and entry.empty()) and entry.resource.ofType(Composition).text.empty() and entry.resource.ofType(Task).all(description.empty() and note.empty() and input.all(extension.value.coding.where(code = 'social').exists() or value is CodeableConcept))"
