Extension: Agreement
Id: mgn-agreement
Title: "Agreement"
Description: "What those present agreed with each other: who calls whom, when they meet again."
Context: CarePlan
* insert Dutch("Afspraak")
* value[x] only string
* value[x] 1..1
