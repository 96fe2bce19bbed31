/**
 * Topics of feedback (terugkoppeling) to a referrer: codes of mgn-feedback-topic. Their texts are in
 * feedback-words.csv.
 */
export const feedbackTopics = [
  'conversation-held',
  'plan-ready',
  'no-show',
  'transfer',
  'handed-over',
  'completed',
  'not-completed',
  'consultation-held',
  'delivery-failed',
] as const;

export type FeedbackTopic = (typeof feedbackTopics)[number];
