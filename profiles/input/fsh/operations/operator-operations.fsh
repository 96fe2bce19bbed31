Instance: mgn-unknown-codes
InstanceOf: OperationDefinition
Usage: #definition
* name = "UnknownCodes"
* title = "Unknown codes"
* description = "For the operator: codes in messages that are in no table of the active maps, with the messages that contained them. Dutch: lijst van onbekende codes."
* insert OperationBasics(unknown-codes)
* system = false
* resource = #StructureMap
* type = true
* instance = false
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "Parameters: unknown-code, with map, table, system, code (absent if the sent value is not a code), handling, count, first-seen, last-seen, and the last messages by their id. It contains no personal data."
* parameter[=].type = #Parameters

Instance: mgn-silent
InstanceOf: OperationDefinition
Usage: #definition
* name = "Silent"
* title = "Silent Tasks"
* description = "For the operator: the Tasks past a deadline, with the phone number of the owner. Dutch: lijst van stille verwijzingen."
* insert OperationBasics(silent)
* system = false
* resource = #Task
* type = true
* instance = false
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "Parameters: silent, with task, use-case, status, priority, owner, phone, since, and each deadline that has passed. It contains no personal data."
* parameter[=].type = #Parameters
