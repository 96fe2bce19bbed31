Instance: mgn-unknown-codes
InstanceOf: OperationDefinition
Usage: #definition
* name = "UnknownCodes"
* title = "Unknown codes"
* description = "For the operator: the codes of messages that no table of the present maps knows, with the messages that carried them. Dutch: lijst van onbekende codes."
* insert OperationBasics(unknown-codes)
* system = false
* resource = #StructureMap
* type = true
* instance = false
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "Parameters: unknown-code, with map, table, system, code (absent where what was sent is no code), handling, count, first-seen, last-seen, and the last messages by their id. Nothing in it is about a person."
* parameter[=].type = #Parameters

Instance: mgn-silent
InstanceOf: OperationDefinition
Usage: #definition
* name = "Silent"
* title = "Silent Tasks"
* description = "For the operator: the Tasks that wait past a deadline, and whom to call. Dutch: lijst van stille verwijzingen."
* insert OperationBasics(silent)
* system = false
* resource = #Task
* type = true
* instance = false
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "Parameters: silent, with task, use-case, status, priority, owner, phone, since, and each deadline that has passed. Nothing in it is about a person."
* parameter[=].type = #Parameters
