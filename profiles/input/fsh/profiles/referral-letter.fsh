Profile: MgnReferralLetter
Parent: Composition
Id: mgn-referral-letter
Title: "Referral letter"
Description: "The letter that goes with a referral, section by section as the referrer wrote it."
* insert Dutch("Verwijsbrief")
* type = $loinc#57133-1
* subject 1..1
* subject only Reference(Patient)
* section 1..*
