Profile: MgnConversation
Parent: Encounter
Id: mgn-conversation
Title: "Exploratory conversation"
Description: "The conversation of the person and those close to them with a mental-health professional, a social-domain professional and often an expert by experience, as equals. The person is the subject; all others are participants."
* insert Dutch("Verkennend gesprek")
* obeys mgn-conversation-1
* extension contains ConversationOutcomeExtension named outcome 0..1
* subject 1..1
* subject only Reference(Patient)
* basedOn 1..*
* basedOn only Reference(ServiceRequest)
* participant.individual only Reference(RelatedPerson or PractitionerRole or Practitioner)

Invariant: mgn-conversation-1
Description: "A finished conversation has an outcome."
Severity: #error
Expression: "status = 'finished' implies extension.where(url.endsWith('/StructureDefinition/mgn-conversation-outcome')).exists()"
