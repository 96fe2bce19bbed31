CodeSystem: PersonRoleCodes
Id: mgn-person-role
Title: "Roles of people"
Description: "What a person who logged in may do at the gateway, within what the partner may do for whom the person works. Recorded in each AuditEvent of what the person did."
* insert Dutch("Rollen van medewerkers")
* insert Complete
* insert Code(professional, "Professional", "Hulpverlener", "Reads what the partner may read about the people it helps.")
* insert Code(engineer, "Engineer", "Technicus", "Reads which messages were sent and with what findings\, without their content.")
* insert Code(operator, "Operator", "Beheerder", "Operates the gateway without reading the content of messages.")
* insert Code(privacy-officer, "Privacy officer", "Functionaris gegevensbescherming", "Reads who saw what\, and prepares the report for a person.")
