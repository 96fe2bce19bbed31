CodeSystem: SelfRelianceCodes
Id: mgn-zrm-domain
Title: "Domains of self-reliance"
Description: "The thirteen domains of the Dutch self-reliance matrix (Zelfredzaamheid-Matrix, GGD Amsterdam), by name only. The matrix and its manual are copyrighted and not contained."
* insert Dutch("Domeinen van zelfredzaamheid")
* insert Complete
* insert Code(finances, "Finances", "Financiën", "Income and debts.")
* insert Code(work-and-education, "Work and education", "Werk en opleiding", "Work\, voluntary work\, school.")
* insert Code(use-of-time, "Use of time", "Tijdsbesteding", "How the day is filled.")
* insert Code(housing, "Housing", "Huisvesting", "Where and how the person lives.")
* insert Code(domestic-relations, "Domestic relations", "Huiselijke relaties", "Those with whom the person lives.")
* insert Code(mental-health, "Mental health", "Geestelijke gezondheid", "How the person is mentally.")
* insert Code(physical-health, "Physical health", "Lichamelijke gezondheid", "How the person is physically.")
* insert Code(substance-use, "Substance use", "Middelengebruik", "Alcohol\, drugs and medicines.")
* insert Code(basic-adl, "Basic activities of daily life", "Basale ADL", "Eating\, washing\, dressing.")
* insert Code(instrumental-adl, "Instrumental activities of daily life", "Instrumentele ADL", "Keeping house\, arranging things.")
* insert Code(social-network, "Social network", "Sociaal netwerk", "Those around the person.")
* insert Code(participation-in-society, "Participation in society", "Maatschappelijke participatie", "Taking part in the neighbourhood and in society.")
* insert Code(justice, "Justice", "Justitie", "Contact with police and courts.")
