Extension: AcceptedAge
Id: mgn-accepted-age
Title: "Accepted age"
Description: "How old the people are whom this service takes, in whole years, both ends included: up to 17 ends with the eighteenth birthday. Without it, any age."
Context: HealthcareService
* insert Dutch("Geaccepteerde leeftijd")
* value[x] only Range
* value[x] 1..1
* valueRange obeys mgn-accepted-age

Invariant: mgn-accepted-age
Description: "An age is told in whole years (UCUM code a), from 0 to 150; at least one end is told, and it starts no later than it ends."
Severity: #error
Expression: "(low | high).exists() and (low.exists() implies (low.system = 'http://unitsofmeasure.org' and low.code = 'a' and low.value >= 0 and low.value <= 150 and low.value = low.value.truncate())) and (high.exists() implies (high.system = 'http://unitsofmeasure.org' and high.code = 'a' and high.value >= 0 and high.value <= 150 and high.value = high.value.truncate())) and ((low.exists() and high.exists()) implies low.value <= high.value)"
