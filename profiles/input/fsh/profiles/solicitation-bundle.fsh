Profile: MgnSolicitationBundle
Parent: Bundle
Id: mgn-solicitation-bundle
Title: "Request to several candidates"
Description: "One order and a Task for each candidate, which requests whether the candidate could carry it out. A candidate receives only its own Task, without the identity of the person; the selected candidate later receives the rest."
* insert Dutch("Vraag aan meerdere kandidaten")
* obeys mgn-bundle-1 and mgn-bundle-2 and mgn-bundle-3 and mgn-bundle-4
* type from ReferralBundleType (required)
* entry 3..*
* entry.fullUrl 1..1
* entry.resource 1..1
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains
    serviceRequest 1..1 and
    task 1..* and
    patient 1..* and
    practitioner 0..* and
    practitionerRole 0..* and
    organization 0..* and
    healthcareService 0..* and
    location 0..* and
    relatedPerson 0..* and
    condition 0..* and
    composition 0..* and
    consent 0..*
* entry[serviceRequest].resource only MgnReferral
* entry[task].resource only MgnCoordinationTask
* entry[patient].resource only MgnPatient
* entry[practitioner].resource only MgnPractitioner
* entry[practitionerRole].resource only MgnPractitionerRole
* entry[organization].resource only MgnOrganization
* entry[healthcareService].resource only MgnHealthcareService
* entry[location].resource only MgnLocation
* entry[relatedPerson].resource only MgnRelatedPerson
* entry[condition].resource only MgnCondition
* entry[composition].resource only MgnReferralLetter
* entry[consent].resource only MgnConsent

Invariant: mgn-bundle-4
Description: "Every Task has code request-fulfillment and names its candidate."
Severity: #error
Expression: "entry.resource.ofType(Task).all(code.coding.where(code = 'request-fulfillment').exists() and owner.exists())"
