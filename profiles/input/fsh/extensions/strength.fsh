Extension: Strength
Id: mgn-strength
Title: "Strength"
Description: "A strength of the person: a quality, an experience, a person nearby. In the words of the conversation."
Context: CarePlan
* insert Dutch("Kracht")
* value[x] only string
* value[x] 1..1
