Extension: DomainExtension
Id: mgn-domain
Title: "Domain"
Description: "The world an organisation belongs to, or towards which a consent holds: care, social domain or the network's own bureau."
Context: Organization, Consent.provision
* insert Dutch("Domein")
* value[x] only CodeableConcept
* value[x] 1..1
* valueCodeableConcept from Domain (required)
