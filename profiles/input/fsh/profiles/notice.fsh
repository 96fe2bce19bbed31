Profile: MgnNotice
Parent: Communication
Id: mgn-notice
Title: "Notice of the watchdog"
Description: "Tells an owner or requester that a Task waits past its deadline, or that an urgent one has come in. No person in it: who may see the Task reads the rest there."
* insert Dutch("Bericht van de bewaking")
* identifier 1..*
* status = #completed
* category 1..1
* category from NoticeKind (required)
* priority 1..1
* subject 0..0
* about 1..1
* about only Reference(Task)
* sent 1..1
* recipient 1..*
* payload 1..*
* payload.content[x] only string

CodeSystem: NoticeKindCodes
Id: mgn-notice-kind
Title: "Kinds of notices"
Description: "What a notice of the watchdog is about."
* insert Dutch("Soorten berichten van de bewaking")
* insert Complete
* insert Code(reminder, "Reminder", "Herinnering", "Something waits past its deadline.")
* insert Code(alert, "Alert", "Alarm", "Something urgent waits\, or waits past its deadline.")

ValueSet: NoticeKind
Id: mgn-notice-kind
Title: "Kinds of notices"
Description: "All codes of the code system of the same name."
* insert Dutch("Soorten berichten van de bewaking")
* ^experimental = false
* include codes from system NoticeKindCodes
