Extension: DomainExtension
Id: mgn-domain
Title: "Domain"
Description: "The domain that an organisation belongs to, that a consent covers, or that may read a section or an agenda item: care, social domain or the network's own bureau."
Context: Organization, Consent.provision, Composition.section, Task.input
* insert Dutch("Domein")
* value[x] only CodeableConcept
* value[x] 1..1
* valueCodeableConcept from Domain (required)
