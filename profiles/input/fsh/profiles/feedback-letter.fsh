Profile: MgnFeedbackLetter
Parent: Composition
Id: mgn-feedback-letter
Title: "Feedback letter"
Description: "What the referrer can read and file of what became of a referral: what happened, and within care the outcome and the plan. Says nothing that its Communication and the plan do not say."
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
