Profile: MgnFeedback
Parent: Communication
Id: mgn-feedback
Title: "Feedback to the referrer"
Description: "Tells the referrer what happened with the referral. The topic says what, and nothing of its content: whoever may know that gets the plan beside it."
* insert Dutch("Terugkoppeling aan de verwijzer")
* basedOn 1..*
* basedOn only Reference(ServiceRequest)
* category 1..*
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains feedback 1..1
* category[feedback] = UseCaseCodes#feedback
* topic 1..1
* topic from FeedbackTopic (required)
* subject 1..1
* subject only Reference(Patient)
* sent 1..1
* recipient 1..*
