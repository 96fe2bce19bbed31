Profile: MgnConsultationAppointment
Parent: Appointment
Id: mgn-consultation-appointment
Title: "Appointment for a case consultation"
Description: "When a case consultation takes place. Care parties see all who are invited; other parties get an Appointment of their own that names them and the coordinator alone, because who else takes part tells of care."
* insert Dutch("Afspraak voor een casusoverleg")
* serviceType 1..1
* serviceType = UseCaseCodes#case-consultation
* basedOn only Reference(ServiceRequest)
* participant.actor only Reference(Patient or RelatedPerson or PractitionerRole or Practitioner or HealthcareService or Location)
