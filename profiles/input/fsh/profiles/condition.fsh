Profile: MgnCondition
Parent: Condition
Id: mgn-condition
Title: "Complaint or diagnosis"
Description: "Why the person is referred, as the referrer sees it: often an ICPC code with a text. Stays within care."
* insert Dutch("Klacht of diagnose")
* insert NlCore(Problem)
* code 1..1
* code obeys mgn-coded-or-text
* subject only Reference(Patient)

Invariant: mgn-coded-or-text
Description: "A concept has a code or a text."
Severity: #error
Expression: "coding.code.exists() or text.exists()"
