Instance: mgn-transition
InstanceOf: OperationDefinition
Usage: #definition
* name = "Transition"
* title = "Transition"
* description = "A move of a Task or an order from the version in If-Match, without JSON Patch; docs/guide/workflow.md lists the moves. Dutch: statusovergang."
* insert OperationBasics(transition)
* affectsState = true
* system = false
* resource[0] = #Task
* resource[+] = #ServiceRequest
* type = false
* instance = true
* insert InParameter(status, "1", code, "The status that it should have.")
* insert InParameter(reason, "1", CodeableConcept, "Why: a code of mgn-status-reason\, as a code or a CodeableConcept\, or words as a string.")
* insert InParameter(businessStatus, "1", CodeableConcept, "Of a Task: a code of mgn-business-status\, as a code or a CodeableConcept\, or words as a string.")
* insert InParameter(outcome, "1", string, "Of a Task: its outcome\, as text or as a CodeableConcept; becomes an output.")
* insert InParameter(alternative, "1", Reference, "Of a Task: an alternative provider; becomes an output.")
* insert InParameter(answer, "1", QuestionnaireResponse, "Of a Task complete-questionnaire: the answer; becomes an output.")
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "The Task or ServiceRequest as it is now."
* parameter[=].type = #Resource

Instance: mgn-case
InstanceOf: OperationDefinition
Usage: #definition
* name = "Case"
* title = "Whole case"
* description = "One case: an order, the orders before and after it, their resources and events, as far as the requester may see them. Dutch: hele casus."
* insert OperationBasics(case)
* system = false
* resource = #ServiceRequest
* type = false
* instance = true
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "Parameters: graph, a Bundle; event, with at, what, status and businessStatus, in chronological order."
* parameter[=].type = #Parameters

Instance: mgn-disclosures
InstanceOf: OperationDefinition
Usage: #definition
* name = "Disclosures"
* title = "Disclosures"
* description = "The report of a person: who did what with data of that person, when, and on which ground, over all Patients of that person. Operator only. Dutch: inzageoverzicht."
* insert OperationBasics(disclosures)
* system = false
* resource = #Patient
* type = false
* instance = true
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "Parameters: event, with at, interaction, outcome, who, recipient, type, legal-basis, purpose, count and until (the last of several), in the order of writing. With Accept: text/html a page for the person."
* parameter[=].type = #Parameters

Instance: mgn-project
InstanceOf: OperationDefinition
Usage: #definition
* name = "Project"
* title = "What a recipient would get"
* description = "Shows a sender beforehand what one recipient would get of its message, and what not, line by line of the projections. On the base: of the message in the body, which is not stored. On an order or Task that the requester sent: of what it may read itself. Dutch: vooraf tonen wat een ontvanger krijgt."
* insert OperationBasics(project)
* system = true
* resource[0] = #ServiceRequest
* resource[+] = #Task
* type = false
* instance = true
* insert InParameter(recipient, "1", string, "The id of the partner.")
* insert InParameter(phase, "1", code, "candidate: asked whether it could help; selected: it carries out the order; after: its Task ended without being carried out. Default: selected.")
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "Parameters: recipient, phase; disclosure, with verdict, purpose, planned, legal-basis, ground, consent, outcome, and resource, each with type, at and decision: outcome (out or withheld), reason, line (file and line), key, why (in the language of _language or Accept-Language) and path. It contains no value of the message."
* parameter[=].type = #Parameters
