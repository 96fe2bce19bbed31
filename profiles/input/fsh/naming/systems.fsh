Instance: mgn-municipality-code
InstanceOf: NamingSystem
Usage: #definition
Title: "Municipality codes"
* name = "MunicipalityCode"
* status = #draft
* kind = #identifier
* date = "2026-11-22"
* description = "Codes of Dutch municipalities as issued by CBS: four digits with the leading zero. No URI for them was found at fhir.nl, so the gateway minted one. Dutch: gemeentecode."
* uniqueId.type = #uri
* uniqueId.value = $municipality
* uniqueId.preferred = true

Instance: mgn-gateway-task
InstanceOf: NamingSystem
Usage: #definition
Title: "Tasks that the gateway hosts"
* name = "GatewayTask"
* status = #draft
* kind = #identifier
* date = "2026-11-22"
* description = "Random UUID that the gateway assigns to a Coordination Task on acceptance. Dutch: nummer van een taak."
* uniqueId.type = #uri
* uniqueId.value = $task
* uniqueId.preferred = true

Instance: mgn-gateway-resource
InstanceOf: NamingSystem
Usage: #definition
Title: "Resources that the gateway delivers"
* name = "GatewayResource"
* status = #draft
* kind = #identifier
* date = "2026-11-22"
* description = "Random UUID that the gateway assigns to a resource without an identifier, so that a receiver can recognise a repeated delivery. Dutch: nummer van een resource."
* uniqueId.type = #uri
* uniqueId.value = $resource
* uniqueId.preferred = true

Instance: mgn-network-partner
InstanceOf: NamingSystem
Usage: #definition
* name = "NetworkPartner"
* status = #draft
* kind = #identifier
* date = "2026-11-22"
* description = "Ids of the partners of a network, as its configuration names them. Dutch: deelnemer."
* uniqueId.type = #uri
* uniqueId.value = $partner
* uniqueId.preferred = true

Instance: mgn-request-id
InstanceOf: NamingSystem
Usage: #definition
* name = "RequestId"
* status = #draft
* kind = #identifier
* date = "2026-11-22"
* description = "The X-Request-Id under which a message was received. Dutch: kenmerk van een verzoek."
* uniqueId.type = #uri
* uniqueId.value = $request-id
* uniqueId.preferred = true

Instance: mgn-trace-id
InstanceOf: NamingSystem
Usage: #definition
* name = "TraceId"
* status = #draft
* kind = #identifier
* date = "2026-11-22"
* description = "The X-Trace-Id of a journey: the same for all its messages. Dutch: kenmerk van een traject."
* uniqueId.type = #uri
* uniqueId.value = $trace-id
* uniqueId.preferred = true

Instance: mgn-order-before-selection
InstanceOf: NamingSystem
Usage: #definition
Title: "Order before selection"
* name = "OrderBeforeSelection"
* status = #draft
* kind = #identifier
* date = "2026-11-29"
* description = "The focus of a Task as a candidate sees it until it is selected: different for each candidate, so that two candidates cannot find out that they were asked about the same order. Dutch: opdracht voor de keuze van een aanbieder."
* uniqueId.type = #uri
* uniqueId.value = $order-before-selection
* uniqueId.preferred = true

Instance: mgn-order-without-task
InstanceOf: NamingSystem
Usage: #definition
Title: "Order without a Task"
* name = "OrderWithoutTask"
* status = #draft
* kind = #identifier
* date = "2026-11-30"
* description = "Marks an order that was created alone and waits for its Task; the mark goes when the Task arrives. Dutch: opdracht zonder taak."
* uniqueId.type = #uri
* uniqueId.value = $order-without-task
* uniqueId.preferred = true

Instance: mgn-test-message
InstanceOf: NamingSystem
Usage: #definition
Title: "Test message"
* name = "TestMessage"
* status = #draft
* kind = #identifier
* date = "2026-11-30"
* description = "Marks what a partner has the gateway send to itself, to test its connection: nobody's data, and nothing follows from it. Dutch: testbericht."
* uniqueId.type = #uri
* uniqueId.value = $test-message
* uniqueId.preferred = true
