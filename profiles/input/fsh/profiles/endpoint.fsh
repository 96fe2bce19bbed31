Profile: MgnEndpoint
Parent: Endpoint
Id: mgn-endpoint
Title: "Endpoint"
Description: "The address of the system of a party of the network, and the form in which it accepts messages."
* insert Dutch("Technisch adres")
* payloadMimeType 1..*
* address obeys mgn-endpoint-1 and mgn-endpoint-2

Invariant: mgn-endpoint-1
Description: "The address of an endpoint is an http or https URL."
Severity: #error
Expression: "matches('^https?://[^ ]+$')"

Invariant: mgn-endpoint-2
Description: "An endpoint outside this machine is reached over https."
Severity: #warning
Expression: "startsWith('https://') or startsWith('http://localhost') or startsWith('http://127.0.0.1')"
