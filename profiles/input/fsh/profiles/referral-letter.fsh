Profile: MgnReferralLetter
Parent: Composition
Id: mgn-referral-letter
Title: "Referral letter"
Description: "The letter of a referral, in sections as the referrer wrote it."
* insert Dutch("Verwijsbrief")
* type = $loinc#57133-1
* subject 1..1
* subject only Reference(Patient)
* section 1..*
