// The Dutch term beside the English title, and one concept with both displays.
RuleSet: Dutch(title)
* ^title.extension[0].url = "http://hl7.org/fhir/StructureDefinition/translation"
* ^title.extension[=].extension[0].url = "lang"
* ^title.extension[=].extension[=].valueCode = #nl
* ^title.extension[=].extension[+].url = "content"
* ^title.extension[=].extension[=].valueString = {title}

RuleSet: Code(code, display, dutch, definition)
* #{code} {display} {definition}
* #{code} ^designation[0].language = #nl
* #{code} ^designation[=].value = {dutch}

RuleSet: Complete
* ^content = #complete
* ^caseSensitive = true
* ^experimental = false
* ^language = #en

// A claim, not a dependency: requirements of nl-core for data types and value sets are enforced by nl-core alone.
RuleSet: NlCore(name)
* ^extension[0].url = "http://hl7.org/fhir/StructureDefinition/structuredefinition-compliesWithProfile"
* ^extension[=].valueCanonical = "http://nictiz.nl/fhir/StructureDefinition/nl-core-{name}"
