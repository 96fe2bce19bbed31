CodeSystem: ParticipantKindCodes
Id: mgn-participant-kind
Title: "Participants without a professional role"
Description: "Participants of a conversation without a professional role."
* insert Dutch("Deelnemers naast professionals")
* insert Complete
* insert Code(close-one, "Somebody close", "Naaste", "A relative\, friend or carer of the person.")

ValueSet: ParticipantKind
Id: mgn-participant-kind
Title: "Participants without a professional role"
Description: "All codes of the code system of the same name."
* insert Dutch("Deelnemers naast professionals")
* ^experimental = false
* include codes from system ParticipantKindCodes
