Profile: MgnLocation
Parent: Location
Id: mgn-location
Title: "Location"
Description: "A workplace or a place to meet. A name is sufficient, as in the published GP referral."
* insert Dutch("Locatie")
* insert NlCore(HealthcareProvider)
* name 1..1
* address obeys mgn-postcode
