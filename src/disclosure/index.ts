/**
 * Disclosure decisions: what a recipient receives, on which legal basis, and what is withheld. The default is to deny.
 */
export { answerTo } from './answer.ts';
export { appointmentFor } from './appointment.ts';
export { candidateTask } from './candidate.ts';
export {
  candidateElementsRefused,
  isUnselected,
  isWithoutGround,
  taskForCandidate,
  taskWithoutGround,
} from './candidate-view.ts';
export {
  type ConsultationQuestion,
  type ConsultationRight,
  consultationReceipt,
  consultationRight,
  permittedData,
} from './consultation.ts';
export {
  anonymousInvitation,
  type ExtractContext,
  extractOfAppointment,
  extractOfPerson,
  extractOfRecord,
  extractOfTask,
} from './consultation-extract.ts';
export { type DisclosureQuestion, disclose } from './disclose.ts';
export { feedback, mayReceiveContent } from './feedback.ts';
export { identityConflictCoding, secondReferralCoding, withoutOwnerMarks } from './owner-marks.ts';
export {
  type Commitment,
  commitTo,
  isOpeningOf,
  type Opening,
  open,
  type Proof,
  type ProofContext,
  signedTextOf,
} from './receipt/proof.ts';
export { proven } from './receipt/proven.ts';
export type { Purpose, Receipt } from './receipt.ts';
export type { Recipient } from './recipient.ts';
export {
  moveForSocialDomain,
  type ProjectionContext,
  reasonForSocialDomain,
  storedTaskForSocialDomain,
} from './social-request.ts';
