CodeSystem: ConsultationSectionCodes
Id: mgn-consultation-section
Title: "Sections of the record of a case consultation"
Description: "What a part of the record is: what was asked, how each organisation sees it, what was decided and what was agreed."
* insert Dutch("Onderdelen van het verslag van een casusoverleg")
* insert Complete
* insert Code(question, "Question", "Vraag", "What the consultation was asked to help with.")
* insert Code(view, "View of an organisation", "Kijk van een organisatie", "How one organisation sees it; the section's author is that organisation.")
* insert Code(decision, "Decision", "Besluit", "What was decided.")
* insert Code(agreement, "Agreement", "Afspraak", "Who does what and when.")

ValueSet: ConsultationSection
Id: mgn-consultation-section
Title: "Sections of the record of a case consultation"
Description: "All codes of the code system of the same name."
* insert Dutch("Onderdelen van het verslag van een casusoverleg")
* ^experimental = false
* include codes from system ConsultationSectionCodes
