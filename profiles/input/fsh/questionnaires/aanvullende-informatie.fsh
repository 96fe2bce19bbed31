// The questions teams need answered most often before they can continue. linkIds are stable. Send other questions as a contained Questionnaire.
Instance: aanvullende-informatie
InstanceOf: Questionnaire
Title: "Aanvullende informatie bij een verwijzing"
Usage: #definition
* url = $more-information
* version = "0.1.0"
* name = "AanvullendeInformatie"
* title = "Aanvullende informatie bij een verwijzing"
* status = #active
* language = #nl
* subjectType = #Patient
* description = "Wat een team nog van de verwijzer wil weten voordat het verder kan. Geen enkele vraag is verplicht, behalve of de persoon weet dat dit wordt doorgegeven."
* insert Question(person-informed, boolean, "Weet de persoon dat u dit doorgeeft?", true, false)
* insert Question(why-now, text, "Waarom vraagt de persoon juist nu om hulp?", false, false)
* insert Question(earlier-help, text, "Welke hulp was er eerder\, en wat hielp?", false, false)
* insert Question(other-helpers, text, "Wie zijn er nu al betrokken?", false, false)
* insert Question(safety, text, "Zijn er zorgen over de veiligheid van de persoon of van anderen?", false, false)
* insert Question(how-to-reach, text, "Hoe en wanneer is de persoon het best te bereiken?", false, false)
* insert Question(anything-else, text, "Wat moet het team verder weten?", false, false)
