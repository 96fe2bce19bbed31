Profile: MgnFeedback
Parent: Communication
Id: mgn-feedback
Title: "Feedback to the referrer"
Description: "Notifies the referrer of an event of the referral. The topic is the event, without clinical content: a recipient who may read the content receives the plan as well."
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
