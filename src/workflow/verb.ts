/** The action requested by a Task: the verb in Task.code (https://hl7.org/fhir/R4/codesystem-task-code.html). */
export type TaskVerb = 'fulfill' | 'request-fulfillment' | 'abort' | 'complete-questionnaire';
