ValueSet: CoordinationTaskStatus
Id: mgn-task-status
Title: "Statuses of a Coordination Task"
Description: "All statuses of a Task but draft and ready: a Task that is sent is at least requested. received and on-hold are accepted from peers that use them."
* insert Dutch("Statussen van een coördinatietaak")
* ^experimental = false
* http://hl7.org/fhir/task-status#requested "Requested"
* http://hl7.org/fhir/task-status#received "Received"
* http://hl7.org/fhir/task-status#accepted "Accepted"
* http://hl7.org/fhir/task-status#rejected "Rejected"
* http://hl7.org/fhir/task-status#in-progress "In Progress"
* http://hl7.org/fhir/task-status#on-hold "On Hold"
* http://hl7.org/fhir/task-status#completed "Completed"
* http://hl7.org/fhir/task-status#failed "Failed"
* http://hl7.org/fhir/task-status#cancelled "Cancelled"
* http://hl7.org/fhir/task-status#entered-in-error "Entered in Error"
