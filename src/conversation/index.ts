/** What comes of a conversation or consultation, told to the person. */
export { consultationInvitation, consultationNarrative } from './consultation.ts';
export { planNarrative } from './narrative.ts';
