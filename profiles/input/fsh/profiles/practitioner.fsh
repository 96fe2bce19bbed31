Profile: MgnPractitioner
Parent: Practitioner
Id: mgn-practitioner
Title: "Professional"
Description: "A referrer or helper: in care, in the social domain or as expert by experience. No register number is required, since not all professions have one."
* insert Dutch("Professional")
* insert NlCore(HealthProfessional-Practitioner)
* insert IdentifierSlices
* identifier contains big 0..* and uzi 0..* and agb 0..*
* insert IdentifierSlice(big, $big)
* insert IdentifierSlice(uzi, $uzi)
* insert IdentifierSlice(agb, $agb)
* identifier[agb] obeys mgn-agb
* name 1..*
* name obeys mgn-name
