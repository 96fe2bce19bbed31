CodeSystem: WaitingTimeSourceCodes
Id: mgn-waiting-time-source
Title: "Sources of a waiting time"
Description: "Source of a waiting time."
* insert Dutch("Bronnen van een wachttijd")
* insert Complete
* insert Code(provider, "Provider", "Aanbieder", "The provider of the service itself.")
* insert Code(publication, "Publication", "Publicatie", "A national or regional publication.")
* insert Code(network, "Network", "Netwerk", "The bureau of the network\, by inquiry.")

ValueSet: WaitingTimeSource
Id: mgn-waiting-time-source
Title: "Sources of a waiting time"
Description: "All codes of the code system of the same name."
* insert Dutch("Bronnen van een wachttijd")
* ^experimental = false
* include codes from system WaitingTimeSourceCodes
