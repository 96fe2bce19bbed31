Profile: MgnCareTeam
Parent: CareTeam
Id: mgn-care-team
Title: "Team of the action plan"
Description: "The person and the parties who have a part in the plan, from care, the social domain and the person's own network, as equals."
* insert Dutch("Wie het plan dragen")
* subject 1..1
* subject only Reference(Patient)
* participant 1..*
* participant.role from ProfessionalRole (preferred)
