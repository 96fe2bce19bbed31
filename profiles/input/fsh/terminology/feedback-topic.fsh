CodeSystem: FeedbackTopicCodes
Id: mgn-feedback-topic
Title: "Topics of feedback"
Description: "Events the referrer is notified of, without clinical content."
* insert Dutch("Onderwerpen van terugkoppeling")
* insert Complete
* insert Code(conversation-held, "Conversation held", "Gesprek gevoerd", "The exploratory conversation took place; there is no plan yet.")
* insert Code(plan-ready, "Plan ready", "Plan gereed", "The exploratory conversation took place and its plan is ready.")
* insert Code(no-show, "Did not come", "Niet verschenen", "The person did not attend the appointment.")
* insert Code(transfer, "Transfer asked", "Transfer gevraagd", "Another provider was requested to take over the request for help.")
* insert Code(handed-over, "Handed over", "Overgedragen", "Another provider has taken over the request for help.")
* insert Code(completed, "Completed", "Afgerond", "The referral was carried out.")
* insert Code(consultation-held, "Case consultation held", "Casusoverleg gehouden", "A case consultation about the person took place.")
* insert Code(delivery-failed, "Delivery failed", "Aflevering mislukt", "The system of the receiver refused the referral\, or a message about it. People are finding out why.")
* insert Code(not-completed, "Not completed", "Niet afgerond", "The referral ended before it was carried out.")

ValueSet: FeedbackTopic
Id: mgn-feedback-topic
Title: "Topics of feedback"
Description: "All codes of the code system of the same name."
* insert Dutch("Onderwerpen van terugkoppeling")
* ^experimental = false
* include codes from system FeedbackTopicCodes
