/** What a referrer hears of: codes of mgn-feedback-topic. Their words stand in the map's table, feedback-words.csv. */
export const feedbackTopics = [
  'conversation-held',
  'plan-ready',
  'no-show',
  'transfer',
  'handed-over',
  'completed',
  'not-completed',
  'consultation-held',
] as const;

export type FeedbackTopic = (typeof feedbackTopics)[number];
