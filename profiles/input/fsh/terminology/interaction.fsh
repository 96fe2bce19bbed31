CodeSystem: InteractionCodes
Id: mgn-interaction
Title: "Interactions of the gateway"
Description: "What was done, in AuditEvent.subtype. FHIR's own word where FHIR has one."
* insert Dutch("Handelingen van de gateway")
* insert Complete
* insert Code(accept, "Accept", "In ontvangst nemen", "A message was taken in\, or refused.")
* insert Code(deliver, "Deliver", "Afleveren", "A message was handed to a receiver\, or that was tried.")
* insert Code(read, "Read", "Lezen", "A resource was read.")
* insert Code(vread, "Read a version", "Een versie lezen", "A version of a resource was read.")
* insert Code(history-instance, "Read the history", "De geschiedenis lezen", "All versions of a resource were read.")
* insert Code(history-type, "Read the history of a type", "De geschiedenis van een type lezen", "All changes of the directory\, of one type of resource\, were read.")
* insert Code(search-type, "Search", "Zoeken", "Resources of a type were searched.")
* insert Code(update, "Update", "Bijwerken", "A resource was replaced by a new version.")
* insert Code(create, "Create", "Aanmaken", "A resource was made.")
* insert Code(transition, "Transition", "Statusovergang", "A Task or an order was moved by the operation.")
* insert Code(case, "Whole case", "Hele casus", "One journey was read as a whole.")
* insert Code(patch, "Patch", "Gedeeltelijk bijwerken", "A part of a resource was changed.")
* insert Code(route, "Route", "Routeren", "The owner of a Task was chosen\, by rules or for people to decide.")
* insert Code(explain, "Explain", "Uitleggen", "Somebody asked why a message goes\, or went\, where it does.")
* insert Code(propose-transfer, "Propose a transfer", "Transfer voorstellen", "Places for an order were ranked.")
* insert Code(find-place, "Find a place", "Plek zoeken", "Places for nobody in particular were ranked.")
* insert Code(validate, "Validate", "Toetsen", "A message was checked and not kept.")
* insert Code(subscription-status, "Status of a Subscription", "Stand van een abonnement", "A partner asked how its Subscription stands.")
* insert Code(subscription-events, "Events of a Subscription", "Gebeurtenissen van een abonnement", "A partner asked for events again.")
* insert Code(silent, "List what is silent", "Opvragen wat stil ligt", "The operator asked what waits past its deadline.")
* insert Code(watchdog-remind, "Remind", "Herinneren", "The watchdog reminded a party of a Task that waits.")
* insert Code(watchdog-alert, "Alert", "Alarmeren", "The watchdog alerted a party to a Task that may not wait.")
* insert Code(watchdog-escalate, "Escalate", "Escaleren", "The watchdog asked to find out why a Task stays silent.")
