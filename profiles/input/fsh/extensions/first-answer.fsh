Extension: FirstAnswer
Id: mgn-first-answer
Title: "First answer"
Description: "When a request comes in twice with the same X-Request-Id and body: the answer that was given the first time, contained in the OperationOutcome that refuses the repetition."
Context: OperationOutcome
* insert Dutch("Eerste antwoord")
* value[x] only Reference
* value[x] 1..1
