RuleSet: OperationBasics(code)
* status = #draft
* kind = #operation
* date = "2026-11-22"
* code = #{code}
* affectsState = false

RuleSet: InParameter(name, max, type, documentation)
* parameter[+].name = #{name}
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = {max}
* parameter[=].documentation = {documentation}
* parameter[=].type = #{type}

RuleSet: SoughtPlace
* insert InParameter(type, "*", code, "The type of service: a code of mgn-service-type. Several: any of them. None: the types that the network's configuration lists for a transfer.")
* insert InParameter(diagnosis-group, "1", code, "Main diagnosis group\, a code of mgn-diagnosis-group\, whose waiting times count.")
* insert InParameter(postcode, "1", string, "The four digits of the postcode where the person lives.")
* insert InParameter(municipality, "1", string, "Or the CBS code of the municipality.")
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "Parameters: place, in order of rank, with service, score and its points, waiting time, capacity, freshness and reasons in English and Dutch; dropped, with the reason; weights, norms, and the digests of the configuration that was used. It contains no personal data."
* parameter[=].type = #Parameters

Instance: mgn-propose-transfer
InstanceOf: OperationDefinition
Usage: #definition
* name = "ProposeTransfer"
* title = "Propose a transfer"
* description = "Ranked services for an order, for its parties only. The address of the person counts when the asker may read the person. Dutch: voorstel voor een transfer."
* insert OperationBasics(propose-transfer)
* system = false
* resource = #ServiceRequest
* type = false
* instance = true
* insert SoughtPlace

Instance: mgn-find-place
InstanceOf: OperationDefinition
Usage: #definition
* name = "FindPlace"
* title = "Find a place"
* description = "Ranked services for given criteria, without an order. Dutch: zoek een plek."
* insert OperationBasics(find-place)
* system = false
* resource = #HealthcareService
* type = true
* instance = false
* insert SoughtPlace

Instance: mgn-explain
InstanceOf: OperationDefinition
Usage: #definition
* name = "Explain"
* title = "Explain"
* description = "Explains the routing of a message. On the base: a dry run of the message in the body, which returns every step and stores nothing. On an order: the records of its decisions, in the projection of the requester. Dutch: uitleg."
* insert OperationBasics(explain)
* system = true
* resource = #ServiceRequest
* type = false
* instance = true
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "Parameters: decision (a record in Parameters: outcome, owner, rule, reason, rules tried, facts, candidates, digests); for a dry run also verdict, step, outcome, explanation in both languages, and a receipt for each recipient."
* parameter[=].type = #Parameters
