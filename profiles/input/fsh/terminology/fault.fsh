CodeSystem: FaultCodes
Id: mgn-fault
Title: "Fault of an error"
Description: "The party that must act on an error of the gateway."
* insert Dutch("Bij wie de fout ligt")
* insert Complete
* insert Code(sender, "Sender", "Afzender", "The sender corrects the message and sends it again.")
* insert Code(gateway, "Gateway", "Gateway", "The operator of the gateway acts; the sender may send again later.")
* insert Code(receiver, "Receiver", "Ontvanger", "The receiving party is notified; the gateway retries where useful.")

ValueSet: Fault
Id: mgn-fault
Title: "Fault of an error"
Description: "All codes of the code system of the same name."
* insert Dutch("Bij wie de fout ligt")
* ^experimental = false
* include codes from system FaultCodes
