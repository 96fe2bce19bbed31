Profile: MgnEpisode
Parent: EpisodeOfCare
Id: mgn-episode
Title: "Journey"
Description: "One journey of a person through the network: from the first order that is accepted to the end of the last. The gateway maintains it; it refers to every accepted order and contains no clinical content."
* insert Dutch("Traject")
* identifier 1..*
* patient only Reference(Patient)
* period 1..1
* period.start 1..1
* diagnosis 0..0
* referralRequest 1..*
