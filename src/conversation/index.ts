/** Narratives and invitations for the person, in plain Dutch. */
export { consultationInvitation, consultationNarrative } from './consultation.ts';
export { planNarrative } from './narrative.ts';
