Profile: MgnConversationForm
Parent: QuestionnaireResponse
Id: mgn-conversation-form
Title: "Conversation on the published form"
Description: "The record of an exploratory conversation as answers to the Questionnaire verkennend-gesprek. It names its order; the person is that of the order."
* insert Dutch("Gesprek op het gepubliceerde formulier")
* questionnaire 1..1
* questionnaire = $conversation-form
* basedOn 1..1
* basedOn only Reference(ServiceRequest)
* authored 1..1
