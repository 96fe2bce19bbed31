ValueSet: LifeDomains
Id: mgn-life-domain
Title: "Life domains"
Description: "The six dimensions of positive health and the thirteen domains of self-reliance: two lists that practice uses side by side."
* insert Dutch("Levensdomeinen")
* ^experimental = false
* include codes from system PositiveHealthDimensionCodes
* include codes from system SelfRelianceCodes
