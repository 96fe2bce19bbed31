Extension: FirstAnswer
Id: mgn-first-answer
Title: "First answer"
Description: "For a second request with the same X-Request-Id and body: the response to the first request, contained in the OperationOutcome that refuses the repetition."
Context: OperationOutcome
* insert Dutch("Eerste antwoord")
* value[x] only Reference
* value[x] 1..1
