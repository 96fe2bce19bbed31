CodeSystem: TaskInputCodes
Id: mgn-task-input
Title: "Inputs of a Task"
Description: "Inputs of a Coordination Task. For a candidate (code request-fulfillment): codes, without the identity of the person; for the preparation of a case consultation: its agenda."
* insert Dutch("Wat de eigenaar van een taak te horen krijgt")
* insert Complete
* insert Code(care-type, "Type of care", "Soort zorg", "The requested type of care\, by its code.")
* insert Code(life-domain, "Life domain", "Levensgebied", "Where in life the request for help lies.")
* insert Code(municipality, "Municipality", "Gemeente", "Where the person lives\, no closer than the municipality.")
* insert Code(age-group, "Age group", "Leeftijdsgroep", "How old the person is\, in three groups.")
* insert Code(agenda-item, "Agenda item", "Agendapunt", "A topic of a case consultation\, as text. An item that the social domain may read is marked with that domain.")
* insert Code(business-status-before, "Business status before", "Zakelijke status ervoor", "Of a question: the business status that the waiting Task had before\, and returns to after the answer.")

CodeSystem: AgeGroupCodes
Id: mgn-age-group
Title: "Age groups"
Description: "As coarse as the difference between youth care, care for adults and care for the elderly."
* insert Dutch("Leeftijdsgroepen")
* insert Complete
* insert Code(youth, "Under 18", "Jonger dan 18", "Under the Youth Act.")
* insert Code(adult, "18 to 64", "18 tot en met 64", "Adult.")
* insert Code(elderly, "65 or over", "65 en ouder", "Elderly.")
