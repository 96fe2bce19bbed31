ValueSet: ReferralIntent
Id: mgn-referral-intent
Title: "Intents of a referral"
Description: "order: the referral itself. proposal: advice to the GP, who decides. filler-order: an order that follows from another one."
* insert Dutch("Bedoelingen van een verwijzing")
* ^experimental = false
* http://hl7.org/fhir/request-intent#order "Order"
* http://hl7.org/fhir/request-intent#proposal "Proposal"
* http://hl7.org/fhir/request-intent#filler-order "Filler Order"
