Extension: WaitingTime
Id: mgn-waiting-time
Title: "Waiting time"
Description: "Waiting time of this service, as measured on a day: in care until the intake and from intake until treatment, in the social domain until the first conversation and until the help starts. One for each main diagnosis group where they differ. Whether it is stale or exceeds the Treeknorm is computed by the reader and never stored: both depend on the network's configuration."
Context: HealthcareService
* insert Dutch("Wachttijd")
* extension contains
    diagnosisGroup 0..1 and
    intake 0..1 and
    treatment 0..1 and
    method 1..1 and
    measuredOn 1..1 and
    source 1..1
* obeys mgn-waiting-time-stated
* extension[diagnosisGroup] ^short = "Main diagnosis group that it applies to; absent: all groups (hoofddiagnosegroep)"
* extension[diagnosisGroup].value[x] only CodeableConcept
* extension[diagnosisGroup].value[x] 1..1
* extension[diagnosisGroup].valueCodeableConcept from DiagnosisGroup (extensible)
* extension[intake] ^short = "Weeks from registration to the first conversation (aanmeldwachttijd)"
* extension[intake].value[x] only Duration
* extension[intake].value[x] 1..1
* insert Weeks(intake)
* extension[treatment] ^short = "Weeks from the first conversation to the start of treatment or help (behandelwachttijd)"
* extension[treatment].value[x] only Duration
* extension[treatment].value[x] 1..1
* insert Weeks(treatment)
* extension[method].value[x] only CodeableConcept
* extension[method].value[x] 1..1
* extension[method].valueCodeableConcept from WaitingTimeMethod (required)
* extension[measuredOn] ^short = "Day on which it was measured, never in the future"
* extension[measuredOn].value[x] only date
* extension[measuredOn].value[x] 1..1
* extension[measuredOn].valueDate obeys mgn-whole-day
* extension[source].value[x] only CodeableConcept
* extension[source].value[x] 1..1
* extension[source].valueCodeableConcept from WaitingTimeSource (required)

RuleSet: Weeks(slice)
* extension[{slice}].valueDuration.value 1..1
* extension[{slice}].valueDuration.value obeys mgn-not-negative
* extension[{slice}].valueDuration.comparator 0..0
* extension[{slice}].valueDuration.system 1..1
* extension[{slice}].valueDuration.system = "http://unitsofmeasure.org"
* extension[{slice}].valueDuration.code 1..1
* extension[{slice}].valueDuration.code = #wk

Invariant: mgn-waiting-time-stated
Description: "A waiting time has at least one of intake and treatment, in weeks."
Severity: #error
Expression: "extension.where(url = 'intake' or url = 'treatment').exists()"

Invariant: mgn-not-negative
Description: "The number of weeks is 0 or more."
Severity: #error
Expression: "$this >= 0"

Invariant: mgn-whole-day
Description: "The date is complete: year, month and day."
Severity: #error
Expression: "$this.toString().matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}$')"
