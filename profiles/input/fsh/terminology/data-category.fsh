CodeSystem: DataCategoryCodes
Id: mgn-data-category
Title: "Categories of data for the social domain"
Description: "Values of provision.code of a Consent for a request to the social domain. A Consent without any permits everything but the BSN; the recipient and the request itself are always included."
* insert Dutch("Soorten gegevens voor het sociaal domein")
* insert Complete
* insert Code(contact-data, "Contact data", "Contactgegevens", "Telephone\, e-mail and address.")
* insert Code(goals, "Goals", "Doelen", "Goals of the plan in the life domains of the social domain.")
* insert Code(activities, "Activities", "Activiteiten", "Agreed activities in the life domains of the social domain.")
* insert Code(bsn, "BSN", "BSN", "The citizen service number\, for a municipality in its tasks under the Wmo only.")

ValueSet: DataCategory
Id: mgn-data-category
Title: "Categories of data for the social domain"
Description: "All codes of the code system of the same name."
* insert Dutch("Soorten gegevens voor het sociaal domein")
* ^experimental = false
* include codes from system DataCategoryCodes
