CodeSystem: DataCategoryCodes
Id: mgn-data-category
Title: "Categories of data for the social domain"
Description: "What a Consent may name in provision.code when it permits a request to the social domain. A Consent that names none permits all but the BSN; whoever is asked and what is asked goes along with any of them."
* insert Dutch("Soorten gegevens voor het sociaal domein")
* insert Complete
* insert Code(contact-data, "Contact data", "Contactgegevens", "Telephone\, e-mail and address.")
* insert Code(goals, "Goals", "Doelen", "Goals of the plan in the life domains of the social domain.")
* insert Code(activities, "Activities", "Activiteiten", "What is agreed to be done in the life domains of the social domain.")
* insert Code(bsn, "BSN", "BSN", "The citizen service number\, for a municipality in its tasks under the Wmo only.")

ValueSet: DataCategory
Id: mgn-data-category
Title: "Categories of data for the social domain"
Description: "All codes of the code system of the same name."
* insert Dutch("Soorten gegevens voor het sociaal domein")
* ^experimental = false
* include codes from system DataCategoryCodes
