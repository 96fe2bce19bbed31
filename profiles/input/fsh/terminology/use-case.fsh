CodeSystem: UseCaseCodes
Id: mgn-use-case
Title: "Use cases of the network"
Description: "Purpose of a request in a mental-health network. The code is in both ServiceRequest.category and Task.code, because a subscription can filter on the Task alone."
* insert Dutch("Gebruiksdoelen van het netwerk")
* insert Complete
* insert Code(registration, "Registration for an exploratory conversation", "Aanmelding voor een verkennend gesprek", "A referrer or the person requests an exploratory conversation from the network.")
* insert Code(exploratory-conversation, "Exploratory conversation", "Verkennend gesprek", "The conversation of the person and those close to them with a mental-health professional\, a social-domain professional and often an expert by experience\, as equals.")
* insert Code(transfer, "Transfer", "Transfer", "Responsibility for a request for help moves to another provider.")
* insert Code(social-request, "Request to the social domain", "Vraag aan het sociaal domein", "A request for help to a municipality or another party of the social domain. Contains no diagnosis.")
* insert Code(case-consultation, "Case consultation across domains", "Domeinoverstijgend casusoverleg", "Parties of several domains consult about one person\, who is informed and invited.")
* insert Code(advice, "Advice to the GP", "Advies aan de huisarts", "Advice from a conversation to the GP; the GP decides whether to refer. A ServiceRequest with intent proposal.")
* insert Code(erasure, "Erasure of a person", "Wissen van een persoon", "A person was erased at the gateway. The owner erases what it received\, as far as no other law demands that it is stored.")
* insert Code(feedback, "Feedback", "Terugkoppeling", "Notifies the referrer of the progress of the referral.")

ValueSet: UseCase
Id: mgn-use-case
Title: "Use cases of the network"
Description: "All codes of the code system of the same name."
* insert Dutch("Gebruiksdoelen van het netwerk")
* ^experimental = false
* include codes from system UseCaseCodes
