Profile: MgnCareTeam
Parent: CareTeam
Id: mgn-care-team
Title: "Those who carry the plan"
Description: "The person and everybody who took on a part of the plan, from care, the social domain and nearby, as equals."
* insert Dutch("Wie het plan dragen")
* subject 1..1
* subject only Reference(Patient)
* participant 1..*
* participant.role from ProfessionalRole (preferred)
