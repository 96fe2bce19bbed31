Extension: Agreement
Id: mgn-agreement
Title: "Agreement"
Description: "An agreement between the participants, such as a phone call or the next meeting."
Context: CarePlan
* insert Dutch("Afspraak")
* value[x] only string
* value[x] 1..1
