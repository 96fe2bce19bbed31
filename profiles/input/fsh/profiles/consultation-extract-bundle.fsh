Profile: MgnConsultationExtractBundle
Parent: Bundle
Id: mgn-consultation-extract-bundle
Title: "What the social domain gets of a case consultation"
Description: "With the person's explicit consent: whom it is about, when it is, the agenda and afterwards the sections of the record, as far as they are marked for the social domain. The gateway makes it by an allow-list."
* insert Dutch("Wat het sociaal domein van een casusoverleg krijgt")
* obeys mgn-consultation-extract-1 and mgn-consultation-extract-2 and mgn-consultation-extract-3
* type from ReferralBundleType (required)
* entry 1..*
* entry.fullUrl 1..1
* entry.resource 1..1

Invariant: mgn-consultation-extract-1
Description: "Only Task, Appointment, person and record go; no diagnosis, plan of care or letter."
Severity: #error
Expression: "entry.resource.all($this is Task or $this is Appointment or $this is Patient or $this is Composition)"

Invariant: mgn-consultation-extract-2
Description: "Codes are those of the network, so that none of a list of diagnoses gets through."
Severity: #error
Expression: "entry.resource.descendants().ofType(Coding).all(system.contains('/CodeSystem/mgn-') or system in ('http://hl7.org/fhir/CodeSystem/task-code' | 'http://loinc.org'))"

Invariant: mgn-consultation-extract-3
Description: "Each section and each agenda item is marked for the social domain; nothing is told for others to read."
Severity: #error
Expression: "entry.resource.ofType(Composition).section.all(extension.value.coding.where(code = 'social').exists() and entry.empty()) and entry.resource.ofType(Composition).text.empty() and entry.resource.ofType(Task).all(description.empty() and note.empty() and input.all(extension.value.coding.where(code = 'social').exists() or value is CodeableConcept))"
