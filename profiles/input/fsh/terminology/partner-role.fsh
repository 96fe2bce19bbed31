CodeSystem: PartnerRoleCodes
Id: mgn-partner-role
Title: "Roles of partners"
Description: "What a partner of the network may do at the gateway. Recorded with its identity in each AuditEvent."
* insert Dutch("Rollen van deelnemers")
* insert Complete
* insert Code(referrer, "Referrer", "Verwijzer", "Sends referrals and follows them.")
* insert Code(provider, "Provider", "Aanbieder", "Carries out requests within care\, and passes them on.")
* insert Code(social-domain, "Social domain", "Sociaal domein", "Receives requests for help in the social domain\, and transfers help.")
* insert Code(operator, "Operator", "Beheerder", "Operates the gateway: dead letters\, configuration\, audit.")
