// The form of an exploratory conversation. linkIds are stable: maps and forms of partners rely on them.
Instance: verkennend-gesprek
InstanceOf: Questionnaire
Title: "Verkennend gesprek"
Usage: #definition
* url = $conversation-form
* version = "0.1.0"
* name = "VerkennendGesprek"
* title = "Verkennend gesprek"
* status = #active
* language = #nl
* subjectType = #Patient
* description = "Verslag van een verkennend gesprek: wie er waren, wat de persoon wil bereiken, wat er is afgesproken en wat aan anderen wordt gevraagd."
* insert Question(date, dateTime, "Wanneer was het gesprek?", true, false)
* insert Question(question, text, "Wat is de vraag van de persoon\, in eigen woorden?", false, false)
* insert Question(domain, group, "Hoe gaat het\, per deel van het leven?", false, true)
* insert Inner(domain-life-domain, choice, "Deel van het leven", true, false)
* item[=].item[=].answerValueSet = Canonical(LifeDomains)
* insert Inner(domain-well, string, "Wat gaat goed", false, false)
* insert Inner(domain-question, string, "Wat is de vraag", false, false)
* insert Question(strength, string, "Waar kan de persoon op bouwen?", false, true)
* insert Question(participant, group, "Wie waren erbij?", false, true)
* insert Inner(participant-name, string, "Naam", true, false)
* insert Inner(participant-role, open-choice, "Rol in het gesprek", true, false)
* item[=].item[=].answerOption[0].valueCoding = ParticipantKindCodes#close-one "Naaste"
* item[=].item[=].answerOption[+].valueCoding = ProfessionalRoleCodes#mental-health-professional "Ggz-professional"
* item[=].item[=].answerOption[+].valueCoding = ProfessionalRoleCodes#social-domain-professional "Professional uit het sociaal domein"
* item[=].item[=].answerOption[+].valueCoding = ProfessionalRoleCodes#expert-by-experience "Ervaringsdeskundige"
* item[=].item[=].answerOption[+].valueCoding = ProfessionalRoleCodes#client-supporter "Cliëntondersteuner"
* item[=].item[=].answerOption[+].valueCoding = ProfessionalRoleCodes#coordinator "Coördinator"
* insert Question(goal, group, "Wat wil de persoon bereiken?", false, true)
* insert Inner(goal-description, string, "Doel\, in eigen woorden", true, false)
* insert Inner(goal-life-domain, open-choice, "Over welk deel van het leven gaat dit?", false, true)
* item[=].item[=].answerValueSet = Canonical(LifeDomains)
* insert Question(activity, group, "Wat gaat de persoon zelf of met mensen dichtbij doen?", false, true)
* insert Inner(activity-description, string, "Wat", true, false)
* insert Inner(activity-kind, choice, "Hoe", true, false)
* item[=].item[=].answerOption[0].valueCoding = ActivityKindCodes#self-help "Zelf"
* item[=].item[=].answerOption[+].valueCoding = ActivityKindCodes#informal-support "Met mensen dichtbij"
* insert Inner(activity-life-domain, open-choice, "Over welk deel van het leven gaat dit?", false, true)
* item[=].item[=].answerValueSet = Canonical(LifeDomains)
* insert Question(request, group, "Wat wordt aan anderen gevraagd?", false, true)
* insert Inner(request-kind, choice, "Aan wie", true, false)
* item[=].item[=].answerOption[0].valueCoding = UseCaseCodes#advice "Advies aan de huisarts"
* item[=].item[=].answerOption[+].valueCoding = UseCaseCodes#transfer "Ggz-aanbieder"
* item[=].item[=].answerOption[+].valueCoding = UseCaseCodes#social-request "Sociaal domein"
* insert Inner(request-offer, choice, "Soort aanbod", false, false)
* item[=].item[=].answerValueSet = Canonical(ServiceType)
* insert Inner(request-service, string, "Aanbod uit de adreslijst\, zoals HealthcareService/neighbourhood-team-zonnerveen", false, false)
* insert Inner(request-reason, string, "Reden\, alleen voor de zorg", false, false)
* insert Inner(request-life-domain, open-choice, "Over welk deel van het leven gaat dit?", false, true)
* item[=].item[=].answerValueSet = Canonical(LifeDomains)
* insert Question(consent, group, "Waarvoor geeft de persoon toestemming richting het sociaal domein?", false, true)
* insert Inner(consent-date, date, "Gegeven op", true, false)
* insert Inner(consent-until, date, "Geldig tot en met", false, false)
* insert Inner(consent-recipient, string, "Aan wie\, zoals Organization/wijkteam-zonnerveen; leeg is het hele sociaal domein", false, false)
* insert Inner(consent-data, choice, "Welke gegevens; leeg is alles behalve het BSN", false, true)
* item[=].item[=].answerValueSet = Canonical(DataCategory)
* insert Inner(consent-life-domain, choice, "Over welke delen van het leven; leeg is alle", false, true)
* item[=].item[=].answerValueSet = Canonical(LifeDomains)
* insert Question(agreement, string, "Wat spreken we met elkaar af?", false, true)
* insert Question(agreed, group, "Wat spreken we af\, wie doet het en voor wanneer?", false, true)
* insert Inner(agreed-what, string, "Wat", true, false)
* insert Inner(agreed-who, string, "Wie", false, false)
* insert Inner(agreed-by, date, "Voor", false, false)
* insert Question(outcome, choice, "Waar vindt de persoon hulp?", true, false)
* item[=].answerValueSet = Canonical(ConversationOutcome)

RuleSet: Question(linkId, type, text, required, repeats)
* item[+].linkId = "{linkId}"
* item[=].type = #{type}
* item[=].text = {text}
* item[=].required = {required}
* item[=].repeats = {repeats}

RuleSet: Inner(linkId, type, text, required, repeats)
* item[=].item[+].linkId = "{linkId}"
* item[=].item[=].type = #{type}
* item[=].item[=].text = {text}
* item[=].item[=].required = {required}
* item[=].item[=].repeats = {repeats}
