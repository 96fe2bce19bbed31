Profile: MgnPractitionerRole
Parent: PractitionerRole
Id: mgn-practitioner-role
Title: "Professional in a role"
Description: "A professional at work for an organisation. The code covers roles for which Dutch lists have no code, such as POH-GGZ and expert by experience; specialty uses the lists of nl-core."
* insert Dutch("Professional in een rol")
* insert NlCore(HealthProfessional-PractitionerRole)
* obeys mgn-practitioner-role-1
* practitioner only Reference(Practitioner)
* organization only Reference(Organization)
* code from ProfessionalRole (preferred)

Invariant: mgn-practitioner-role-1
Description: "A role names its professional, its organisation or both."
Severity: #warning
Expression: "practitioner.exists() or organization.exists()"
