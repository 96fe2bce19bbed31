CodeSystem: BusinessStatusCodes
Id: mgn-business-status
Title: "Business status of a Coordination Task"
Description: "Progress of the work within a status of the Task. The gateway checks which pairs of status and business status are allowed."
* insert Dutch("Zakelijke status van een coördinatietaak")
* insert Complete
* insert Code(awaiting-information, "Awaiting information", "Wacht op informatie", "The owner requested information and cannot continue without it.")
* insert Code(on-waitlist, "On the waiting list", "Op de wachtlijst", "Accepted\, and waiting for a place.")
* insert Code(human-decision, "A human has to decide", "Wacht op een besluit van een mens", "No rule could assign an owner; the team that owns the Task decides manually.")
* insert Code(selected, "Selected", "Gekozen", "Of several candidates this one was chosen.")
* insert Code(intake-scheduled, "First conversation scheduled", "Eerste gesprek gepland", "There is an appointment.")
* insert Code(no-show, "Did not come", "Niet verschenen", "The person did not attend the appointment.")
* insert Code(appointment-cancelled, "Appointment cancelled", "Afspraak afgezegd", "The appointment was cancelled and there is no new one yet.")
* insert Code(first-contact-done, "First contact done", "Eerste contact geweest", "The first conversation took place.")
* insert Code(interim-report, "Interim report", "Tussentijds bericht", "A report while the work continues.")
* insert Code(cancellation-requested, "Cancellation requested", "Annulering gevraagd", "The requester requested the owner to stop.")
* insert Code(delivery-failed, "Delivery failed", "Aflevering mislukt", "The owner was not notified of this Task or of a change of it: its system refused the message. Set and removed by the gateway only.")
* insert Code(handed-over, "Handed over", "Overgedragen", "Another party has taken the work over.")
* insert Code(other, "Other", "Anders", "Other progress; businessStatus.text describes it.")

ValueSet: BusinessStatus
Id: mgn-business-status
Title: "Business status of a Coordination Task"
Description: "All codes of the code system of the same name."
* insert Dutch("Zakelijke status van een coördinatietaak")
* ^experimental = false
* include codes from system BusinessStatusCodes
