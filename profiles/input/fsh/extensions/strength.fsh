Extension: Strength
Id: mgn-strength
Title: "Strength"
Description: "What the person can lean on: a quality, an experience, somebody near. In the words of the conversation."
Context: CarePlan
* insert Dutch("Kracht")
* value[x] only string
* value[x] 1..1
