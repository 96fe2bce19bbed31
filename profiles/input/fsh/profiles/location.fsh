Profile: MgnLocation
Parent: Location
Id: mgn-location
Title: "Location"
Description: "Where somebody works or people meet. A name is enough, as in the published GP referral."
* insert Dutch("Locatie")
* insert NlCore(HealthcareProvider)
* name 1..1
* address obeys mgn-postcode
