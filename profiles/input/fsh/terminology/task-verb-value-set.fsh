ValueSet: TaskVerb
Id: mgn-task-verb
Title: "Verbs of a Coordination Task"
Description: "What the owner of a Coordination Task is asked to do with its focus: say whether it can, carry it out, stop, or answer what its owner wants to know."
* insert Dutch("Werkwoorden van een coördinatietaak")
* ^experimental = false
* $task-code#fulfill "Fulfill the focal request"
* $task-code#abort "Mark the focal resource as no longer active"
* TaskCodes#request-fulfillment "Ask whether it can be done"
* TaskCodes#complete-questionnaire "Answer a Questionnaire"
