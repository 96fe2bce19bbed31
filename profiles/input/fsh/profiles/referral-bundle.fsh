Profile: MgnReferralBundle
Parent: Bundle
Id: mgn-referral-bundle
Title: "Complete referral"
Description: "One complete referral: the ServiceRequest, its Coordination Task, the person, and the parties, complaints, letter and consents that they refer to. As a collection or transaction it is posted to the base; as a message, with a MessageHeader first, to $process-message. Every reference resolves within the Bundle or to the directory of the network. A second Patient, such as a mother, is another person than that of the order, whom ServiceRequest.subject names."
* insert Dutch("Verwijzing met alles wat erbij hoort")
* obeys mgn-bundle-1 and mgn-bundle-2 and mgn-bundle-3
* type from ReferralBundleType (required)
* entry 3..*
* entry.fullUrl 1..1
* entry.resource 1..1
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains
    serviceRequest 1..1 and
    task 1..1 and
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

Invariant: mgn-bundle-1
Description: "The focus of the Task is the ServiceRequest of this Bundle."
Severity: #error
Expression: "entry.where(resource is ServiceRequest).exists() implies (entry.resource.ofType(Task).all(focus.reference.exists()) and entry.resource.ofType(Task).focus.reference.subsetOf(entry.where(resource is ServiceRequest).fullUrl | entry.resource.ofType(ServiceRequest).id.select('ServiceRequest/' + $this)))"

Invariant: mgn-bundle-2
Description: "ServiceRequest.subject and Task.for are a Patient of this Bundle."
Severity: #error
Expression: "entry.where(resource is Patient).exists() implies (entry.resource.ofType(ServiceRequest).subject.reference | entry.resource.ofType(Task).for.reference).subsetOf(entry.where(resource is Patient).fullUrl | entry.resource.ofType(Patient).id.select('Patient/' + $this))"

Invariant: mgn-bundle-3
Description: "ServiceRequest and Task name the same use case."
Severity: #error
Expression: "entry.where(resource is ServiceRequest).exists() implies entry.resource.ofType(Task).code.coding.where(system.endsWith('/CodeSystem/mgn-use-case')).code.subsetOf(entry.resource.ofType(ServiceRequest).category.coding.where(system.endsWith('/CodeSystem/mgn-use-case')).code)"
