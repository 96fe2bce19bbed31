Extension: AcceptedAge
Id: mgn-accepted-age
Title: "Accepted age"
Description: "Age range of the people this service accepts, in whole years, both bounds included: up to 17 ends with the eighteenth birthday. Absent: any age."
Context: HealthcareService
* insert Dutch("Geaccepteerde leeftijd")
* value[x] only Range
* value[x] 1..1
* valueRange obeys mgn-accepted-age

Invariant: mgn-accepted-age
Description: "Ages are in whole years (UCUM code a), from 0 to 150; at least one bound is present, and the lower bound is not above the upper bound."
Severity: #error
Expression: "(low | high).exists() and (low.exists() implies (low.system = 'http://unitsofmeasure.org' and low.code = 'a' and low.value >= 0 and low.value <= 150 and low.value = low.value.truncate())) and (high.exists() implies (high.system = 'http://unitsofmeasure.org' and high.code = 'a' and high.value >= 0 and high.value <= 150 and high.value = high.value.truncate())) and ((low.exists() and high.exists()) implies low.value <= high.value)"
