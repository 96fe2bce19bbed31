Profile: MgnReferralLetter
Parent: Composition
Id: mgn-referral-letter
Title: "Referral letter"
Description: "The letter of a referral, in sections as the referrer wrote it. Its type is that of the sender: a referral note (LOINC 57133-1), a letter, a summary, or words."
* insert Dutch("Verwijsbrief")
* type obeys mgn-coded-or-text
* subject 1..1
* subject only Reference(Patient)
* section 1..*
