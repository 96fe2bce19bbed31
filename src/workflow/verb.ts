/** What a Task asks its owner for: the verb in Task.code. */
export type TaskVerb = 'fulfill' | 'request-fulfillment' | 'abort' | 'complete-questionnaire';
