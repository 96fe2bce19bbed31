CodeSystem: DomainCodes
Id: mgn-domain
Title: "Domains"
Description: "The domains between which the gateway exchanges messages. Disclosure to a party depends on its domain."
* insert Dutch("Domeinen")
* insert Complete
* insert Code(care, "Care", "Zorg", "Care providers under the WGBO: GPs\, mental-health care\, hospitals.")
* insert Code(social, "Social domain", "Sociaal domein", "Municipalities\, neighbourhood teams\, social work\, informal support.")
* insert Code(network, "Network", "Netwerk", "The own bureau of the network: its registration team.")

ValueSet: Domain
Id: mgn-domain
Title: "Domains"
Description: "All codes of the code system of the same name."
* insert Dutch("Domeinen")
* ^experimental = false
* include codes from system DomainCodes
