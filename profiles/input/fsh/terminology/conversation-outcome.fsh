CodeSystem: ConversationOutcomeCodes
Id: mgn-conversation-outcome
Title: "Outcome of an exploratory conversation"
Description: "Where the person finds help after the conversation."
* insert Dutch("Uitkomst van een verkennend gesprek")
* insert Complete
* insert Code(social-domain, "Social domain", "Sociaal domein", "Help of the municipality\, social work\, informal support or self-help.")
* insert Code(basis-ggz, "Basic mental-health care", "Basis-ggz", "Advice to the GP to refer to basic mental-health care.")
* insert Code(specialist-ggz, "Specialist mental-health care", "Gespecialiseerde ggz", "Advice to the GP to refer to specialist mental-health care.")
* insert Code(gp-poh, "GP practice", "Huisarts of POH-GGZ", "The GP or the mental-health nurse of the practice continues.")
* insert Code(own-network, "Own network\, or no help needed", "Eigen netwerk of geen hulp nodig", "The person continues with support of their own network\, or needs no help now.")
* insert Code(combination, "Combination", "Combinatie", "Help in more than one domain at once.")
* insert Code(more-exploration, "More exploration", "Verder verkennen", "One conversation was not enough; another follows.")

ValueSet: ConversationOutcome
Id: mgn-conversation-outcome
Title: "Outcome of an exploratory conversation"
Description: "All codes of the code system of the same name."
* insert Dutch("Uitkomst van een verkennend gesprek")
* ^experimental = false
* include codes from system ConversationOutcomeCodes
