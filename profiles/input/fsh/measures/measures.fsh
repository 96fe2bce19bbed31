// Measures of the gateway (docs/operate/measures.md). The criteria are text: the gateway's own code counts versions of resources
// as they were written, and no expression language of FHIR can query those.
RuleSet: NetworkMeasure(scoring)
* version = "0.1.0"
* status = #draft
* date = "2026-11-22"
* publisher = "mgn-gateway"
* disclaimer = "Counts of people below the smallest count of the network are masked, and so are counts from which they could be derived."
* scoring = http://terminology.hl7.org/CodeSystem/measure-scoring#{scoring}
* type = http://terminology.hl7.org/CodeSystem/measure-type#process

RuleSet: Group(code)
* group[+].code = FigureCodes#{code}

RuleSet: Population(code, criteria)
* group[=].population[+].code = http://terminology.hl7.org/CodeSystem/measure-population#{code}
* group[=].population[=].criteria.language = #text/plain
* group[=].population[=].criteria.expression = {criteria}

RuleSet: By(code, criteria)
* group[=].stratifier[+].code = FigureCodes#{code}
* group[=].stratifier[=].criteria.language = #text/plain
* group[=].stratifier[=].criteria.expression = {criteria}

RuleSet: Part(code, criteria)
* group[=].stratifier[0].component[+].code = FigureCodes#{code}
* group[=].stratifier[0].component[=].criteria.language = #text/plain
* group[=].stratifier[0].component[=].criteria.expression = {criteria}

Instance: mgn-registrations
InstanceOf: Measure
Usage: #definition
* name = "Registrations"
* title = "Registrations"
* description = "Number of people registered for an exploratory conversation. Dutch: aanmeldingen."
* insert NetworkMeasure(cohort)
* insert Group(registrations)
* insert Population(initial-population, "Orders (ServiceRequest\) with use case registration that the gateway accepted\, except replacements and orders entered in error.")
* insert By(municipality, "Municipality of the person's home address.")
* insert By(referrer, "Type of the organisation whose system sent it.")
* insert By(month, "Month in which the gateway took it in.")

Instance: mgn-transfers
InstanceOf: Measure
Usage: #definition
* name = "Transfers"
* title = "Transfers"
* description = "Number of requests for a transfer to another provider. Dutch: transfers."
* insert NetworkMeasure(cohort)
* insert Group(transfers)
* insert Population(initial-population, "Orders with use case transfer that the gateway accepted; an order counts once\, whatever its number of candidates.")
* insert By(municipality, "Municipality of the person's home address.")
* insert By(month, "Month in which the gateway took it in.")

Instance: mgn-conversation-outcomes
InstanceOf: Measure
Usage: #definition
* name = "ConversationOutcomes"
* title = "Outcomes of exploratory conversations"
* description = "Where people find help after an exploratory conversation, and which share finds it outside ggz. Dutch: uitkomsten van verkennende gesprekken."
* insert NetworkMeasure(proportion)
* insert Group(conversations-with-outcome)
* insert Population(denominator, "Conversations (Encounter\) first reported as finished with an outcome other than more-exploration.")
* insert Population(numerator, "Those with outcome social-domain\, gp-poh or own-network.")
* insert By(help, "Outcome: inside ggz\, outside ggz or combined.")
* insert By(outcome, "Outcome of the conversation.")
* insert By(municipality, "Municipality of the person's home address.")
* insert By(month, "Month in which the gateway took it in.")
* insert Group(further-exploration)
* insert Population(denominator, "Conversations first reported as finished with outcome more-exploration.")
* insert By(month, "Month in which the gateway took it in.")

Instance: mgn-inflow-ggz
InstanceOf: Measure
Usage: #definition
* name = "InflowGgz"
* title = "Inflow into ggz"
* description = "Number of people who entered mental-health care through the network. Dutch: instroom in de ggz."
* insert NetworkMeasure(cohort)
* insert Group(inflow-ggz)
* insert Population(initial-population, "Tasks of a ggz service that reached in-progress for the first time\, of orders not sent by a ggz provider.")
* insert By(service, "Type of the service that owns the Task.")
* insert By(way, "Whether the order follows from another.")
* insert By(municipality, "Municipality of the person's home address.")
* insert By(month, "Month in which the gateway took it in.")

Instance: mgn-time-to-conversation
InstanceOf: Measure
Usage: #definition
* name = "TimeToConversation"
* title = "Time from referral to conversation"
* description = "Days from the referral to the first exploratory conversation. Dutch: tijd van verwijzing tot gesprek."
* insert NetworkMeasure(continuous-variable)
* improvementNotation = http://terminology.hl7.org/CodeSystem/measure-improvement-notation#decrease
* insert Group(median-days-to-conversation)
* insert Population(measure-population, "First conversations about a registration that were reported as started: days from ServiceRequest.authoredOn to Encounter.period.start.")
* insert By(municipality, "Municipality of the person's home address.")
* insert By(month, "Month in which the gateway took it in.")
* insert Group(p90-days-to-conversation)
* insert Population(measure-population, "The same conversations.")

Instance: mgn-time-to-help
InstanceOf: Measure
Usage: #definition
* name = "TimeToHelp"
* title = "Time from referral to help"
* description = "Days from the referral to the start of the first help that followed from it. Dutch: tijd van verwijzing tot hulp."
* insert NetworkMeasure(continuous-variable)
* improvementNotation = http://terminology.hl7.org/CodeSystem/measure-improvement-notation#decrease
* insert Group(median-days-to-help)
* insert Population(measure-population, "First Tasks that reached in-progress\, of orders that follow from a registration: days from authoredOn of the registration.")
* insert By(domain, "Domain of the service that owns the Task.")
* insert By(month, "Month in which the gateway took it in.")
* insert Group(p90-days-to-help)
* insert Population(measure-population, "The same Tasks.")

Instance: mgn-rejections
InstanceOf: Measure
Usage: #definition
* name = "Rejections"
* title = "Rejections and internal redirects"
* description = "How often the answer is no, for which reason, and how often another service of the network is proposed. Dutch: afwijzingen en interne doorverwijzingen."
* insert NetworkMeasure(cohort)
* insert Group(rejections)
* insert Population(initial-population, "Tasks with use case registration\, transfer or social-request that reached status rejected; each candidate of a transfer that declines counts as one.")
* insert By(reason, "Task.statusReason.")
* insert By(alternative, "Of reason alternative-proposed: whether the alternative in Task.output is a service of a member.")
* insert By(use-case, "Use case of the Task.")
* insert By(month, "Month in which the gateway took it in.")

Instance: mgn-silent-referrals
InstanceOf: Measure
Usage: #definition
* name = "SilentReferrals"
* title = "Silent referrals"
* description = "How many Tasks stayed without answer so long that they were escalated, by the deadlines of the network. Dutch: stille verwijzingen."
* insert NetworkMeasure(cohort)
* improvementNotation = http://terminology.hl7.org/CodeSystem/measure-improvement-notation#decrease
* insert Group(silent)
* insert Population(initial-population, "Tasks with use case registration\, transfer or social-request that were escalated for the first time.")
* insert By(use-case, "Use case of the Task.")
* insert By(municipality, "Municipality of the person's home address.")
* insert By(month, "Month in which the gateway took it in.")

Instance: mgn-waiting-times
InstanceOf: Measure
Usage: #definition
* name = "WaitingTimes"
* title = "Waiting times"
* description = "Waiting times published by the services of the members at the end of each month: the median over the services. No persons are counted, so nothing is masked. Dutch: wachttijden."
* insert NetworkMeasure(continuous-variable)
* improvementNotation = http://terminology.hl7.org/CodeSystem/measure-improvement-notation#decrease
* insert Group(intake-weeks)
* insert Population(measure-population, "Services with a current waiting time until intake\, each month.")
* insert Population(measure-population-exclusion, "Services whose waiting time was stale at the end of the month.")
* insert Part(month, "Month at whose end the waiting time was current.")
* insert Part(diagnosis-group, "Main diagnosis group of the waiting time.")
* insert Part(region, "Municipality of the catchment.")
* insert Group(treatment-weeks)
* insert Population(measure-population, "Services with a current waiting time until treatment\, each month.")
* insert Population(measure-population-exclusion, "Services whose waiting time was stale at the end of the month.")
* insert Part(month, "Month at whose end the waiting time was current.")
* insert Part(diagnosis-group, "Main diagnosis group of the waiting time.")
* insert Part(region, "Municipality of the catchment.")
