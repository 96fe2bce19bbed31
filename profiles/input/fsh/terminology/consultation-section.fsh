CodeSystem: ConsultationSectionCodes
Id: mgn-consultation-section
Title: "Sections of the record of a case consultation"
Description: "Sections of the record of a consultation: question, view of an organisation, decision, agreement."
* insert Dutch("Onderdelen van het verslag van een casusoverleg")
* insert Complete
* insert Code(question, "Question", "Vraag", "The question of the consultation.")
* insert Code(view, "View of an organisation", "Kijk van een organisatie", "How one organisation sees it; the section's author is that organisation.")
* insert Code(decision, "Decision", "Besluit", "A decision of the consultation.")
* insert Code(agreement, "Agreement", "Afspraak", "An action with its party and moment.")

ValueSet: ConsultationSection
Id: mgn-consultation-section
Title: "Sections of the record of a case consultation"
Description: "All codes of the code system of the same name."
* insert Dutch("Onderdelen van het verslag van een casusoverleg")
* ^experimental = false
* include codes from system ConsultationSectionCodes
