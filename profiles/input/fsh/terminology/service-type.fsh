CodeSystem: ServiceTypeCodes
Id: mgn-service-type
Title: "Types of service in the network"
Description: "Services that can be requested in the network, in care and in the social domain."
* insert Dutch("Soorten aanbod in het netwerk")
* insert Complete
* insert Code(registration, "Registration", "Aanmelding", "Receives registrations for the network and decides by hand where no rule does.")
* insert Code(exploratory-conversation, "Exploratory conversation", "Verkennend gesprek", "Conducts exploratory conversations.")
* insert Code(case-consultation, "Case consultation", "Casusoverleg", "Prepares and chairs case consultations across domains.")
* insert Code(basic-ggz, "Basic mental-health care", "Basis-ggz", "Generalist mental-health care.")
* insert Code(specialist-ggz, "Specialist mental-health care", "Gespecialiseerde ggz", "Specialist mental-health care for adults.")
* insert Code(addiction-care, "Addiction care", "Verslavingszorg", "Treatment of addiction.")
* insert Code(youth-ggz, "Mental-health care for youth", "Jeugd-ggz", "Mental-health care for children and young people.")
* insert Code(elderly-ggz, "Mental-health care for the elderly", "Ouderen-ggz", "Mental-health care for older people.")
* insert Code(outreach, "Outreaching care", "Outreachende zorg (FACT\)", "Long-term care at home by a team.")
* insert Code(crisis, "Crisis service", "Crisisdienst", "Acute psychiatry.")
* insert Code(gp-mental-health, "Mental-health support in general practice", "POH-GGZ", "The mental-health nurse in general practice.")
* insert Code(social-work, "Social work", "Maatschappelijk werk", "Help with problems of living.")
* insert Code(debt-counselling, "Debt counselling", "Schuldhulpverlening", "Help with debts.")
* insert Code(housing-support, "Support in living", "Woonbegeleiding", "Support at home or in sheltered housing.")
* insert Code(work-and-daytime, "Work and daytime activities", "Werk en dagbesteding", "Help to find work or a meaningful day.")
* insert Code(youth-support, "Support for youth and parents", "Jeugd- en opvoedhulp", "Help in growing up and raising children\, outside mental-health care.")
* insert Code(client-support, "Client support", "Cliëntondersteuning", "Independent support for the person.")
* insert Code(informal-care-support, "Support of informal carers", "Mantelzorgondersteuning", "Support for informal carers.")
* insert Code(peer-support, "Peer support", "Ervaringsdeskundige ondersteuning", "Support by people with experience of their own.")
* insert Code(self-help, "Self-help", "Zelfhulp", "Groups and walk-ins that need no referral.")

ValueSet: ServiceType
Id: mgn-service-type
Title: "Types of service in the network"
Description: "All codes of the code system of the same name."
* insert Dutch("Soorten aanbod in het netwerk")
* ^experimental = false
* include codes from system ServiceTypeCodes
