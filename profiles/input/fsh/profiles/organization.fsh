Profile: MgnOrganization
Parent: Organization
Id: mgn-organization
Title: "Organisation"
Description: "A party of the network: care provider, municipality, social work, self-help initiative. Care organisations carry the identifiers of nl-core; organisations for which nl-core has no type carry one of the network's own types."
* insert Dutch("Organisatie")
* insert NlCore(HealthcareProvider-Organization)
* obeys mgn-organization-1
* extension contains DomainExtension named domain 0..1
* insert IdentifierSlices
* identifier contains ura 0..* and agb 0..* and kvk 0..* and municipality 0..1
* insert IdentifierSlice(ura, $ura)
* insert IdentifierSlice(agb, $agb)
* insert IdentifierSlice(kvk, $kvk)
* insert IdentifierSlice(municipality, $municipality)
* identifier[ura] ^short = "UZI-register abonneenummer"
* identifier[ura] obeys mgn-ura
* identifier[agb] ^short = "AGB-code"
* identifier[agb] obeys mgn-agb
* identifier[kvk] ^short = "KvK-nummer"
* identifier[kvk] obeys mgn-kvk
* identifier[municipality] ^short = "Gemeentecode"
* identifier[municipality].value obeys mgn-municipality
* type ^slicing.discriminator.type = #pattern
* type ^slicing.discriminator.path = "$this"
* type ^slicing.rules = #open
* type contains network 0..*
* type[network] ^patternCodeableConcept.coding.system = Canonical(OrganizationTypeCodes)
* type[network] from OrganizationType (required)
* name 1..1

Invariant: mgn-organization-1
Description: "An organisation has a URA, AGB code, KvK number or municipality code; without one the directory cannot match it."
Severity: #warning
Expression: "identifier.exists() or partOf.exists()"
