Profile: MgnConsent
Parent: Consent
Id: mgn-consent
Title: "Consent to share"
Description: "Permission or objection of a person to disclosure to one recipient or one domain, with purpose, life domains and period. Without a permit nothing is disclosed to the social domain; an objection always takes precedence."
* insert Dutch("Toestemming om te delen")
* obeys mgn-consent-1
* scope = http://terminology.hl7.org/CodeSystem/consentscope#patient-privacy
* patient 1..1
* dateTime 1..1
* provision 1..1
* provision.extension contains
    DomainExtension named domain 0..1 and
    LifeDomainExtension named lifeDomain 0..*
* provision.type 1..1
* provision.actor ^slicing.discriminator.type = #pattern
* provision.actor ^slicing.discriminator.path = "role"
* provision.actor ^slicing.rules = #open
* provision.actor contains recipient 0..*
* provision.actor[recipient].role = $participation#IRCP
* provision.actor[recipient].reference only Reference(Organization or PractitionerRole or Practitioner or RelatedPerson or CareTeam)

Invariant: mgn-consent-1
Description: "A consent names its recipient or the domain it applies to."
Severity: #error
Expression: "provision.actor.where(role.coding.where(code = 'IRCP').exists()).exists() or provision.extension.where(url.endsWith('/StructureDefinition/mgn-domain')).exists()"
