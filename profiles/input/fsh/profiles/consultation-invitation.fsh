Profile: MgnConsultationInvitation
Parent: Communication
Id: mgn-consultation-invitation
Title: "Invitation of the person to a case consultation"
Description: "Notifies the person in plain Dutch of a consultation: the moment, the participants and the data disclosed to each. The gateway generates it; the coordinator hands it over."
* insert Dutch("Uitnodiging van de persoon voor een casusoverleg")
* category 1..1
* category = UseCaseCodes#case-consultation
* status = #preparation
* basedOn 1..*
* basedOn only Reference(ServiceRequest)
* subject 1..1
* subject only Reference(Patient)
* recipient 1..*
* recipient only Reference(Patient or RelatedPerson)
* payload 1..*
* payload.content[x] only string
