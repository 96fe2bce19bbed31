CodeSystem: WaitingTimeMethodCodes
Id: mgn-waiting-time-method
Title: "Methods of measuring a waiting time"
Description: "How a waiting time was measured."
* insert Dutch("Meetwijzen van een wachttijd")
* insert Complete
* insert Code(retrospective, "Retrospective", "Retrospectief", "The mean waiting time of people accepted over the last two months.")
* insert Code(current, "Current", "Actueel", "How long until the third place that is free now.")

ValueSet: WaitingTimeMethod
Id: mgn-waiting-time-method
Title: "Methods of measuring a waiting time"
Description: "All codes of the code system of the same name."
* insert Dutch("Meetwijzen van een wachttijd")
* ^experimental = false
* include codes from system WaitingTimeMethodCodes
