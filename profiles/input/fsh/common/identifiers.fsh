// Identifier systems as nl-core slices them. A rule that no register states in public only warns.
Invariant: mgn-bsn
Description: "A BSN has nine digits and passes the elfproef."
Severity: #error
Expression: "value.exists() implies (value.matches('^[0-9]{9}$') and value != '000000000' and (9 * value.substring(0, 1).toInteger() + 8 * value.substring(1, 1).toInteger() + 7 * value.substring(2, 1).toInteger() + 6 * value.substring(3, 1).toInteger() + 5 * value.substring(4, 1).toInteger() + 4 * value.substring(5, 1).toInteger() + 3 * value.substring(6, 1).toInteger() + 2 * value.substring(7, 1).toInteger() - value.substring(8, 1).toInteger()) mod 11 = 0)"

Invariant: mgn-agb
Description: "An AGB code has eight digits."
Severity: #error
Expression: "value.exists() implies value.matches('^[0-9]{8}$')"

Invariant: mgn-ura
Description: "A URA has eight digits."
Severity: #warning
Expression: "value.exists() implies value.matches('^[0-9]{8}$')"

Invariant: mgn-kvk
Description: "A KvK number has eight digits."
Severity: #warning
Expression: "value.exists() implies value.matches('^[0-9]{8}$')"

Invariant: mgn-postcode
Description: "A Dutch postcode has four digits and two letters; without it the catchment cannot be found."
Severity: #warning
Expression: "postalCode.empty() or (country.exists() and (country in ('NL' | 'NLD' | 'Nederland')).not()) or postalCode.matches('^[1-9][0-9]{3} ?[A-Z]{2}$')"

RuleSet: IdentifierSlices
* identifier ^slicing.discriminator.type = #pattern
* identifier ^slicing.discriminator.path = "$this"
* identifier ^slicing.rules = #open

RuleSet: IdentifierSlice(slice, system)
* identifier[{slice}] ^patternIdentifier.system = {system}
* identifier[{slice}].value 1..1
