Profile: MgnConsultation
Parent: Encounter
Id: mgn-consultation
Title: "Case consultation"
Description: "The meeting of parties of several domains about one person, who is informed and invited; in a room or by video (class VR). It belongs to the order of the case, and its record is the Composition beside it."
* insert Dutch("Casusoverleg")
* obeys mgn-consultation-1
* extension contains ConversationOutcomeExtension named outcome 0..1
* type 1..1
* type = UseCaseCodes#case-consultation
* subject 1..1
* subject only Reference(Patient)
* basedOn only Reference(ServiceRequest)
* participant.individual only Reference(RelatedPerson or PractitionerRole or Practitioner)

Invariant: mgn-consultation-1
Description: "A finished consultation has an outcome."
Severity: #error
Expression: "status = 'finished' implies extension.where(url.endsWith('/StructureDefinition/mgn-conversation-outcome')).exists()"
