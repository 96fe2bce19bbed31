ValueSet: CoordinationTaskIntent
Id: mgn-task-intent
Title: "Intents of a Coordination Task"
Description: "order: the request. proposal: a request of the owner to the placer, to withdraw the order."
* insert Dutch("Bedoelingen van een coördinatietaak")
* ^experimental = false
* http://hl7.org/fhir/request-intent#order "Order"
* http://hl7.org/fhir/request-intent#proposal "Proposal"
