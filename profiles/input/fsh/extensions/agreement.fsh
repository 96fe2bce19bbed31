Extension: Agreement
Id: mgn-agreement
Title: "Agreement"
Description: "An agreement between the participants, such as a phone call or the next meeting."
Context: CarePlan
* insert Dutch("Afspraak")
* value[x] only string
* value[x] 1..1

Extension: AgreementWho
Id: mgn-agreement-who
Title: "Who carries out the agreement"
Description: "Who carries out the agreement, in the words of the conversation."
Context: string
* insert Dutch("Wie de afspraak doet")
* value[x] only string
* value[x] 1..1

Extension: AgreementBy
Id: mgn-agreement-by
Title: "When the agreement is due"
Description: "The day by which the agreement is carried out."
Context: string
* insert Dutch("Voor wanneer de afspraak is")
* value[x] only date
* value[x] 1..1
