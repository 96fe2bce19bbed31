/** What a Task asks its owner for: the verb in Task.code. */
export type Verb = 'fulfill' | 'request-fulfillment' | 'abort' | 'complete-questionnaire';
