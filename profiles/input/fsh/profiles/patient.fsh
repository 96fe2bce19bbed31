Profile: MgnPatient
Parent: Patient
Id: mgn-patient
Title: "Person"
Description: "The person of a referral. A BSN is checked if present; a missing BSN is only a warning, since the published Dutch GP referral has none."
* insert Dutch("Persoon")
* insert NlCore(Patient)
* obeys mgn-patient-1 and mgn-patient-2
* insert IdentifierSlices
* identifier contains bsn 0..1
* insert IdentifierSlice(bsn, $bsn)
* identifier[bsn] ^short = "Burgerservicenummer"
* identifier[bsn] obeys mgn-bsn
* name 1..*
* name obeys mgn-name
* address obeys mgn-postcode

Invariant: mgn-patient-1
Description: "A person has a BSN; without it the receiver must match the person by name and date of birth."
Severity: #warning
Expression: "identifier.where(system = 'http://fhir.nl/fhir/NamingSystem/bsn').exists()"

Invariant: mgn-patient-2
Description: "A person has a date of birth."
Severity: #warning
Expression: "birthDate.exists()"

Invariant: mgn-name
Description: "A name has a family name, a given name or a text."
Severity: #error
Expression: "family.exists() or given.exists() or text.exists()"
