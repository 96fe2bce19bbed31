Extension: Catchment
Id: mgn-catchment
Title: "Catchment"
Description: "Where a person must live to be accepted by this service: by municipality, by postcode, or both (either is sufficient). Absent: no restriction."
Context: HealthcareService
* insert Dutch("Verzorgingsgebied")
* extension contains municipality 0..* and postcodes 0..*
* extension[municipality] ^short = "A municipality by its CBS code of four digits"
* extension[municipality].value[x] only Identifier
* extension[municipality].valueIdentifier 1..1
* extension[municipality].valueIdentifier.system 1..1
* extension[municipality].valueIdentifier.system = $municipality
* extension[municipality].valueIdentifier.value 1..1
* extension[municipality].valueIdentifier.value obeys mgn-municipality
* extension[postcodes] ^short = "A range over the four digits of a postcode, both ends included"
* extension[postcodes].extension contains from 1..1 and to 1..1
* extension[postcodes].extension[from].value[x] only integer
* extension[postcodes].extension[from].value[x] 1..1
* extension[postcodes].extension[from].valueInteger obeys mgn-postcode-number
* extension[postcodes].extension[to].value[x] only integer
* extension[postcodes].extension[to].value[x] 1..1
* extension[postcodes].extension[to].valueInteger obeys mgn-postcode-number
* extension[postcodes] obeys mgn-postcode-range

Invariant: mgn-postcode-range
Description: "A range of postcodes starts no later than it ends."
Severity: #error
Expression: "(extension.where(url = 'from').exists() and extension.where(url = 'to').exists()) implies extension.where(url = 'from').value <= extension.where(url = 'to').value"

Invariant: mgn-postcode-number
Description: "The digits of a Dutch postcode lie between 1000 and 9999."
Severity: #error
Expression: "$this >= 1000 and $this <= 9999"

Invariant: mgn-municipality
Description: "A municipality is named by its CBS code: four digits, with the leading zero."
Severity: #error
Expression: "matches('^[0-9]{4}$')"
