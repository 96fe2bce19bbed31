CodeSystem: ProfessionalRoleCodes
Id: mgn-professional-role
Title: "Roles in the network"
Description: "Roles for which the Dutch lists (UZI, COD016) have no code. Used in addition to their codes."
* insert Dutch("Rollen in het netwerk")
* insert Complete
* insert Code(gp, "General practitioner", "Huisarts", "The general practitioner.")
* insert Code(poh-ggz, "Mental-health nurse of the GP practice", "POH-GGZ", "The practice nurse for mental health.")
* insert Code(mental-health-professional, "Mental-health professional", "Ggz-professional", "A professional of a mental-health provider.")
* insert Code(social-domain-professional, "Social-domain professional", "Professional uit het sociaal domein", "A professional of a municipality\, neighbourhood team or social work.")
* insert Code(expert-by-experience, "Expert by experience", "Ervaringsdeskundige", "Works from experience of their own.")
* insert Code(client-supporter, "Client supporter", "Cliëntondersteuner", "Supports the person independently.")
* insert Code(coordinator, "Coordinator", "Coördinator", "Member of the registration team of the network.")

ValueSet: ProfessionalRole
Id: mgn-professional-role
Title: "Roles in the network"
Description: "All codes of the code system of the same name."
* insert Dutch("Rollen in het netwerk")
* ^experimental = false
* include codes from system ProfessionalRoleCodes
