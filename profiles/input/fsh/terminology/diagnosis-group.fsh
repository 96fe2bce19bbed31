CodeSystem: DiagnosisGroupCodes
Id: mgn-diagnosis-group
Title: "Main diagnosis groups"
Description: "Groups in which Dutch mental-health providers publish waiting times (NZa). Data, to be completed: the first eight and the group without a diagnosis were seen in public sources, the numbers 9 to 14 were not; until then a code of another system may be used."
* insert Dutch("Hoofddiagnosegroepen")
* insert Complete
* insert Code(neurodevelopmental, "Neurodevelopmental disorders", "Neurobiologische ontwikkelingsstoornissen", "Number 1 of the groups in which waiting times are published.")
* insert Code(psychotic, "Schizophrenia spectrum and other psychotic disorders", "Schizofreniespectrum- en andere psychotische stoornissen", "Number 2 of the groups in which waiting times are published.")
* insert Code(bipolar, "Bipolar disorders", "Bipolaire-stemmingsstoornissen", "Number 3 of the groups in which waiting times are published.")
* insert Code(depressive, "Depressive disorders", "Depressieve-stemmingsstoornissen", "Number 4 of the groups in which waiting times are published.")
* insert Code(anxiety, "Anxiety disorders", "Angststoornissen", "Number 5 of the groups in which waiting times are published.")
* insert Code(obsessive-compulsive, "Obsessive-compulsive and related disorders", "Obsessieve-compulsieve en verwante stoornissen", "Number 6 of the groups in which waiting times are published.")
* insert Code(trauma-related, "Trauma- and stressor-related disorders", "Trauma- en stressgerelateerde stoornissen", "Number 7 of the groups in which waiting times are published.")
* insert Code(somatic-symptom, "Somatic symptom and related disorders", "Somatisch-symptoomstoornis en verwante stoornissen", "Number 8 of the groups in which waiting times are published.")
* insert Code(not-yet-diagnosed, "Diagnosis not yet made", "Diagnose nog niet gesteld", "People whose diagnosis is not yet established.")

ValueSet: DiagnosisGroup
Id: mgn-diagnosis-group
Title: "Main diagnosis groups"
Description: "All codes of the code system of the same name."
* insert Dutch("Hoofddiagnosegroepen")
* ^experimental = false
* include codes from system DiagnosisGroupCodes
