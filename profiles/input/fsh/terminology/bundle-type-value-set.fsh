ValueSet: ReferralBundleType
Id: mgn-referral-bundle-type
Title: "Types of a Bundle that carries a referral"
Description: "collection: just the referral. transaction: the same, to be stored as a whole or not at all. message: with a MessageHeader, for $process-message."
* insert Dutch("Soorten Bundle waarin een verwijzing komt")
* ^experimental = false
* http://hl7.org/fhir/bundle-type#collection "Collection"
* http://hl7.org/fhir/bundle-type#transaction "Transaction"
* http://hl7.org/fhir/bundle-type#message "Message"
