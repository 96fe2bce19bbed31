Profile: MgnFeedbackLetter
Parent: Composition
Id: mgn-feedback-letter
Title: "Feedback letter"
Description: "A letter for the file of the referrer about the progress of a referral: the event, and within care the outcome and the plan. It contains nothing beyond its Communication and the plan."
* insert Dutch("Terugkoppelbrief")
* status = #final
* type 1..1
* type = UseCaseCodes#feedback
* subject 1..1
* subject only Reference(Patient)
* author only Reference(Organization)
* event 1..1
* event.code 1..1
* event.code from FeedbackTopic (required)
* section 1..*
* section.title 1..1
* section.text 1..1
