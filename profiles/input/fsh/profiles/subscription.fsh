Profile: MgnSubscription
Parent: Subscription
Id: mgn-subscription
Title: "Subscription"
Description: "Subscription of a partner to changes of its Tasks. Follows HL7 Subscriptions R5 Backport (STU1.1) on R4, restricted to what TTA Notifications allows: criteria is the canonical URL of a topic, with the filter in an extension on it."
* insert Dutch("Abonnement")
* obeys mgn-subscription-1 and mgn-subscription-2
* criteria ^short = "Canonical URL of the topic"
* end 0..0
* channel.type = #rest-hook
* channel.endpoint 1..1
* channel.payload 1..1
* channel.payload = #application/fhir+json
* channel.header 0..0

Invariant: mgn-subscription-1
Description: "The filter names the party whose Tasks are covered."
Severity: #error
Expression: "criteria.extension.where(url = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria').exists()"

Invariant: mgn-subscription-2
Description: "The content of a notification is empty or id-only."
Severity: #error
Expression: "channel.payload.extension.where(url = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content').value.where($this = 'empty' or $this = 'id-only').exists()"

Profile: MgnNotification
Parent: Bundle
Id: mgn-notification
Title: "Notification"
Description: "That something happened to a Task, or that the line is alive: a history whose one entry is the status of the Subscription, as Parameters. No person, no content, no token."
* insert Dutch("Notificatie")
* obeys mgn-notification-1 and mgn-notification-2
* type = #history
* timestamp 1..1
* entry 1..1
* entry.resource 1..1
* entry.resource only Parameters
* entry.request 1..1
* entry.response 1..1

Invariant: mgn-notification-1
Description: "The status names Subscription, status and type."
Severity: #error
Expression: "entry.resource.ofType(Parameters).parameter.where(name = 'subscription').exists() and entry.resource.ofType(Parameters).parameter.where(name = 'status').exists() and entry.resource.ofType(Parameters).parameter.where(name = 'type').value.where($this = 'handshake' or $this = 'heartbeat' or $this = 'event-notification' or $this = 'query-event').exists()"

Invariant: mgn-notification-2
Description: "Every event has its number and its time."
Severity: #error
Expression: "entry.resource.ofType(Parameters).parameter.where(name = 'notification-event').all(part.where(name = 'event-number').exists() and part.where(name = 'timestamp').exists())"
