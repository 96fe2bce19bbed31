Extension: ConversationOutcomeExtension
Id: mgn-conversation-outcome
Title: "Outcome of the conversation"
Description: "Where the person finds help after the exploratory conversation."
Context: Encounter
* insert Dutch("Uitkomst van het gesprek")
* value[x] only CodeableConcept
* value[x] 1..1
* valueCodeableConcept from ConversationOutcome (required)
