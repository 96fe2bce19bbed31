Profile: MgnConversationAppointment
Parent: Appointment
Id: mgn-conversation-appointment
Title: "Appointment for a conversation"
Description: "When and with whom the exploratory conversation takes place. All who take part are participants alike: the person, those close to them and the professionals."
* insert Dutch("Afspraak voor een gesprek")
* basedOn 1..*
* basedOn only Reference(ServiceRequest)
* participant.actor only Reference(Patient or RelatedPerson or PractitionerRole or Practitioner or HealthcareService or Location)
