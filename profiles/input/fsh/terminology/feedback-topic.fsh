CodeSystem: FeedbackTopicCodes
Id: mgn-feedback-topic
Title: "Topics of feedback"
Description: "What the referrer hears: that something happened, without its content."
* insert Dutch("Onderwerpen van terugkoppeling")
* insert Complete
* insert Code(conversation-held, "Conversation held", "Gesprek gevoerd", "The exploratory conversation took place; there is no plan yet.")
* insert Code(plan-ready, "Plan ready", "Plan gereed", "The exploratory conversation took place and its plan is ready.")

ValueSet: FeedbackTopic
Id: mgn-feedback-topic
Title: "Topics of feedback"
Description: "All codes of the code system of the same name."
* insert Dutch("Onderwerpen van terugkoppeling")
* ^experimental = false
* include codes from system FeedbackTopicCodes
