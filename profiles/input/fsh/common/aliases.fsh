Alias: $bsn = http://fhir.nl/fhir/NamingSystem/bsn
Alias: $ura = http://fhir.nl/fhir/NamingSystem/ura
Alias: $agb = http://fhir.nl/fhir/NamingSystem/agb-z
Alias: $kvk = http://fhir.nl/fhir/NamingSystem/kvk
Alias: $big = http://fhir.nl/fhir/NamingSystem/big
Alias: $uzi = http://fhir.nl/fhir/NamingSystem/uzi-nr-pers
Alias: $task-code = http://hl7.org/fhir/CodeSystem/task-code
Alias: $loinc = http://loinc.org
// Nictiz COD472: the relationship of a naaste to the person (vertegenwoordiger, mentor, contactpersoon ...)
Alias: $cod472 = urn:oid:2.16.840.1.113883.2.4.3.11.22.472
Alias: $participation = http://terminology.hl7.org/CodeSystem/v3-ParticipationType
