CodeSystem: ActivityKindCodes
Id: mgn-activity-kind
Title: "Kinds of own activity"
Description: "Kinds of activity in a plan that need no request to an organisation."
* insert Dutch("Soorten eigen activiteit")
* insert Complete
* insert Code(self-help, "Self-help", "Zelf", "The person does it\, or joins a group that needs no referral.")
* insert Code(informal-support, "Informal support", "Met mensen dichtbij", "Family\, friends\, neighbours or volunteers help.")

ValueSet: ActivityKind
Id: mgn-activity-kind
Title: "Kinds of own activity"
Description: "All codes of the code system of the same name."
* insert Dutch("Soorten eigen activiteit")
* ^experimental = false
* include codes from system ActivityKindCodes
