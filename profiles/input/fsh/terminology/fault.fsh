CodeSystem: FaultCodes
Id: mgn-fault
Title: "Who is at fault"
Description: "Who has to act on an error of the gateway."
* insert Dutch("Bij wie de fout ligt")
* insert Complete
* insert Code(sender, "Sender", "Afzender", "The sender mends the message and sends it again.")
* insert Code(gateway, "Gateway", "Gateway", "The operator of the gateway acts; the sender may send again later.")
* insert Code(receiver, "Receiver", "Ontvanger", "The receiving side is told; the gateway tries again where that makes sense.")

ValueSet: Fault
Id: mgn-fault
Title: "Who is at fault"
Description: "All codes of the code system of the same name."
* insert Dutch("Bij wie de fout ligt")
* ^experimental = false
* include codes from system FaultCodes
