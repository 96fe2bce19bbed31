/**
 * Types with data about a person that a referrer sends with a referral, and the element that names the person
 * (https://hl7.org/fhir/R4/compartmentdefinition-patient.html). Orders, Tasks, plans and appointments are not among them:
 * those are messages of their own.
 */
export const personElements = {
  AdverseEvent: 'subject',
  AllergyIntolerance: 'patient',
  BodyStructure: 'patient',
  ClinicalImpression: 'subject',
  Condition: 'subject',
  Coverage: 'beneficiary',
  DetectedIssue: 'patient',
  Device: 'patient',
  DeviceUseStatement: 'subject',
  DiagnosticReport: 'subject',
  DocumentManifest: 'subject',
  DocumentReference: 'subject',
  FamilyMemberHistory: 'patient',
  Flag: 'subject',
  ImagingStudy: 'subject',
  Immunization: 'patient',
  List: 'subject',
  Media: 'subject',
  MedicationAdministration: 'subject',
  MedicationDispense: 'subject',
  MedicationRequest: 'subject',
  MedicationStatement: 'subject',
  NutritionOrder: 'patient',
  Observation: 'subject',
  Procedure: 'subject',
  QuestionnaireResponse: 'subject',
  RiskAssessment: 'subject',
  Specimen: 'subject',
} as const;

export const clinicalTypes: readonly string[] = Object.keys(personElements);

/** Types without a person of their own, to which clinical data refers. */
export const clinicalDetails: readonly string[] = ['Binary', 'Group', 'Medication', 'Substance'];
