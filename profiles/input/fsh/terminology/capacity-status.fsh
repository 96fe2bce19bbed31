CodeSystem: CapacityStatusCodes
Id: mgn-capacity-status
Title: "Capacity status"
Description: "Whether a service has places now."
* insert Dutch("Capaciteitsstatus")
* insert Complete
* insert Code(available, "Available", "Plaats", "There are places.")
* insert Code(limited, "Limited", "Beperkt plaats", "There are a few places\, or for some people only; see the note.")
* insert Code(waitlist, "Waiting list only", "Alleen wachtlijst", "People are put on the waiting list.")
* insert Code(closed, "Closed", "Aanmeldstop", "No people are accepted for now.")

ValueSet: CapacityStatus
Id: mgn-capacity-status
Title: "Capacity status"
Description: "All codes of the code system of the same name."
* insert Dutch("Capaciteitsstatus")
* ^experimental = false
* include codes from system CapacityStatusCodes
