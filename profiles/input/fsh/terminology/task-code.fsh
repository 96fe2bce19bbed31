CodeSystem: TaskCodes
Id: mgn-task-code
Title: "Verbs of a Coordination Task"
Description: "Verbs missing in HL7's own codes: requesting candidates before one is selected, requesting information, requesting an inquiry into a silent Task, and requesting the erasure of a person."
* insert Dutch("Werkwoorden van een coördinatietaak")
* insert Complete
* insert Code(erase-person, "Erase a person", "Wis een persoon", "In addition to fulfill: the person of the order or Task in the focus was erased at the gateway\, and the owner of this Task erases what it received.")
* insert Code(escalate, "Find out why nothing happens", "Zoek uit waarom er niets gebeurt", "In addition to fulfill: the Task in the focus is silent past its deadline\, and the owner of this Task inquires.")
* insert Code(complete-questionnaire, "Answer a Questionnaire", "Beantwoord een vragenlijst", "Requests information from the requester of the Task in the focus: its owner cannot continue without the answers to the Questionnaire in the input.")
* insert Code(request-fulfillment, "Ask whether it can be done", "Vraag of het kan", "Requests whether the owner could carry out the order. The owner may not start\, and does not receive the identity of the person.")
