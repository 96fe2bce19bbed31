Profile: MgnNotice
Parent: Communication
Id: mgn-notice
Title: "Notice of the watchdog"
Description: "Notifies an owner or requester that a Task is past its deadline, or that an urgent Task has arrived. It contains no personal data: an authorised reader finds the details in the Task."
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
Description: "Kinds of notice of the watchdog."
* insert Dutch("Soorten berichten van de bewaking")
* insert Complete
* insert Code(reminder, "Reminder", "Herinnering", "A Task is past its deadline.")
* insert Code(alert, "Alert", "Alarm", "An urgent Task waits\, or is past its deadline.")

ValueSet: NoticeKind
Id: mgn-notice-kind
Title: "Kinds of notices"
Description: "All codes of the code system of the same name."
* insert Dutch("Soorten berichten van de bewaking")
* ^experimental = false
* include codes from system NoticeKindCodes
