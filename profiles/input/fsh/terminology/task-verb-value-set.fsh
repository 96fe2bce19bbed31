ValueSet: TaskVerb
Id: mgn-task-verb
Title: "Verbs of a Coordination Task"
Description: "What a Coordination Task requests for its focus: assess, carry out, stop, or answer the questions of its owner."
* insert Dutch("Werkwoorden van een coördinatietaak")
* ^experimental = false
* $task-code#fulfill "Fulfill the focal request"
* $task-code#abort "Mark the focal resource as no longer active"
* TaskCodes#request-fulfillment "Ask whether it can be done"
* TaskCodes#complete-questionnaire "Answer a Questionnaire"
