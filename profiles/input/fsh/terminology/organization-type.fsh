CodeSystem: OrganizationTypeCodes
Id: mgn-organization-type
Title: "Types of organisation in the network"
Description: "Types for which nl-core has no code (municipality, neighbourhood team, social work, self-help), and care organisations, so that one list covers all parties of the network. Used in addition to the codes of nl-core, never instead."
* insert Dutch("Soorten organisaties in het netwerk")
* insert Complete
* insert Code(gp-practice, "GP practice", "Huisartsenpraktijk", "General practitioners and their staff.")
* insert Code(gp-out-of-hours, "GP out-of-hours centre", "Huisartsenpost", "General practice in the evening\, at night and at weekends.")
* insert Code(mental-health-network, "Mental-health network", "Mentaal gezondheidsnetwerk", "The network itself\, with its registration team.")
* insert Code(mental-health-provider, "Mental-health provider", "Ggz-instelling", "An institution for mental-health care.")
* insert Code(independent-practice, "Independent mental-health practice", "Vrijgevestigde ggz-praktijk", "One or a few independent practitioners.")
* insert Code(addiction-care-provider, "Addiction-care provider", "Verslavingszorginstelling", "An institution for addiction care.")
* insert Code(youth-care-provider, "Youth-care provider", "Jeugdhulpaanbieder", "Help for children\, young people and their parents.")
* insert Code(hospital, "Hospital", "Ziekenhuis", "A hospital\, with or without psychiatry.")
* insert Code(municipality, "Municipality", "Gemeente", "A municipality in its tasks under the Wmo\, the Youth Act and the Participation Act.")
* insert Code(neighbourhood-team, "Neighbourhood team", "Wijkteam", "The municipal team that is the first address for help in a neighbourhood.")
* insert Code(social-work, "Social work organisation", "Organisatie voor sociaal werk", "Welfare and social work.")
* insert Code(debt-counselling, "Debt-counselling organisation", "Organisatie voor schuldhulpverlening", "Help with debts.")
* insert Code(housing-organisation, "Sheltered-housing organisation", "Organisatie voor beschermd wonen", "Sheltered living and support at home.")
* insert Code(client-support, "Client-support organisation", "Organisatie voor cliëntondersteuning", "Independent support of clients.")
* insert Code(self-help-initiative, "Self-help initiative", "Zelfhulp- of herstelinitiatief", "Run by people with experience of their own: self-help group\, recovery academy\, walk-in.")
* insert Code(volunteer-organisation, "Volunteer organisation", "Vrijwilligersorganisatie", "Informal support by volunteers.")

ValueSet: OrganizationType
Id: mgn-organization-type
Title: "Types of organisation in the network"
Description: "All codes of the code system of the same name."
* insert Dutch("Soorten organisaties in het netwerk")
* ^experimental = false
* include codes from system OrganizationTypeCodes
