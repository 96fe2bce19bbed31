CodeSystem: TaskCodes
Id: mgn-task-code
Title: "Verbs of a Coordination Task"
Description: "What HL7's own codes of verbs lack: asking candidates before one is selected, asking for more information, asking why nothing happens."
* insert Dutch("Werkwoorden van een coördinatietaak")
* insert Complete
* insert Code(escalate, "Find out why nothing happens", "Zoek uit waarom er niets gebeurt", "Stands beside fulfill: the Task in the focus stays silent past its deadline\, and the owner of this one finds out why.")
* insert Code(complete-questionnaire, "Answer a Questionnaire", "Beantwoord een vragenlijst", "Who requested the Task in the focus is asked for more: its owner cannot go on without the answers to the Questionnaire that is an input.")
* insert Code(request-fulfillment, "Ask whether it can be done", "Vraag of het kan", "The owner is asked whether it could carry out the order. It may not start\, and it does not know for whom.")
