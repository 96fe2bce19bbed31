CodeSystem: StatusReasonCodes
Id: mgn-status-reason
Title: "Reason of a status"
Description: "Reasons for a Coordination Task to be rejected, cancelled, on hold or failed."
* insert Dutch("Reden van een status")
* insert Complete
* insert Code(at-capacity, "At capacity", "Geen plaats", "There is no place in the foreseeable future.")
* insert Code(waiting-time-too-long, "Waiting time too long", "Wachttijd te lang", "There would be a place\, but not within the time that is acceptable.")
* insert Code(not-clinically-appropriate, "Not clinically appropriate", "Inhoudelijk niet passend", "The request does not match the services of the owner.")
* insert Code(outside-catchment, "Outside the catchment", "Buiten het verzorgingsgebied", "The person lives where the owner does not work.")
* insert Code(not-eligible, "Not eligible", "Komt niet in aanmerking", "A condition for this help is not met.")
* insert Code(patient-choice, "Choice of the person", "Keuze van de persoon", "The person declines\, or chooses another option.")
* insert Code(cannot-contact, "Cannot be reached", "Niet bereikbaar", "The person could not be reached.")
* insert Code(incomplete-referral, "Incomplete referral", "Verwijzing niet volledig", "Something is missing without which the owner cannot decide.")
* insert Code(duplicate, "Duplicate", "Dubbel", "The same request exists already.")
* insert Code(alternative-proposed, "Alternative proposed", "Alternatief voorgesteld", "The owner proposes another party; the proposal is an output of the Task.")
* insert Code(not-selected, "Not selected", "Niet gekozen", "Another candidate was selected. Only with status cancelled.")
* insert Code(withdrawn-by-person, "Withdrawn by the person", "Ingetrokken door de persoon", "The person withdrew the request.")
* insert Code(withdrawn-by-referrer, "Withdrawn by the referrer", "Ingetrokken door de verwijzer", "The referrer withdrew the referral.")
* insert Code(redirected, "Redirected", "Doorgezet", "The request went on to another party under a new Task.")
* insert Code(expired, "Expired", "Verlopen", "The term passed without an answer.")
* insert Code(replaced, "Replaced", "Vervangen", "A new order replaces this one.")
* insert Code(overtaken, "Overtaken", "Achterhaald", "The request had already ended.")
* insert Code(other, "Other", "Anders", "Another reason; statusReason.text describes it.")

ValueSet: StatusReason
Id: mgn-status-reason
Title: "Reason of a status"
Description: "All codes of the code system of the same name."
* insert Dutch("Reden van een status")
* ^experimental = false
* include codes from system StatusReasonCodes
