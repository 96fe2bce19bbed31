Profile: MgnConversationAppointment
Parent: Appointment
Id: mgn-conversation-appointment
Title: "Appointment for a conversation"
Description: "The moment and the participants of the exploratory conversation. The person, those close to them and the professionals are all participants."
* insert Dutch("Afspraak voor een gesprek")
* obeys mgn-appointment-1
* basedOn 1..*
* basedOn only Reference(ServiceRequest)
* participant.actor only Reference(Patient or RelatedPerson or PractitionerRole or Practitioner or HealthcareService or Location)

Invariant: mgn-appointment-1
Description: "An Appointment does not end before it starts."
Severity: #error
Expression: "(start.exists() and end.exists()) implies start <= end"
