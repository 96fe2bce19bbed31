Profile: MgnConsultationAppointment
Parent: Appointment
Id: mgn-consultation-appointment
Title: "Appointment for a case consultation"
Description: "The moment of a case consultation. Care parties see all participants; each other party receives its own Appointment with only itself and the coordinator, because the other participants reveal that there is care."
* insert Dutch("Afspraak voor een casusoverleg")
* obeys mgn-appointment-1
* serviceType 1..1
* serviceType = UseCaseCodes#case-consultation
* basedOn only Reference(ServiceRequest)
* participant.actor only Reference(Patient or RelatedPerson or PractitionerRole or Practitioner or HealthcareService or Location)
