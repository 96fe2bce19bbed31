Profile: MgnReferral
Parent: ServiceRequest
Id: mgn-referral
Title: "Referral"
Description: "A request for help for a person. It does not change once active: amend it by a new one that replaces it. Progress is recorded on the Coordination Tasks that have it as focus."
* insert Dutch("Verwijzing")
* obeys mgn-referral-1
* extension contains LifeDomainExtension named lifeDomain 0..*
* intent from ReferralIntent (required)
* category 1..*
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains useCase 1..1
* category[useCase] ^patternCodeableConcept.coding.system = Canonical(UseCaseCodes)
* category[useCase] ^short = "Use case: registration, transfer ..."
* category[useCase] from UseCase (required)
* doNotPerform 0..0
* subject only Reference(Patient)
* authoredOn 1..1
* requester 1..1
* requester only Reference(PractitionerRole or Practitioner or Organization or Patient or RelatedPerson)

Invariant: mgn-referral-1
Description: "A referral describes the request for help: a reason, a complaint, a letter, a note or the kind of help."
Severity: #warning
Expression: "reasonCode.exists() or reasonReference.exists() or supportingInfo.exists() or note.exists() or code.exists()"
