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
export { objects } from './consent.ts';
export {
  type ConsultationQuestion,
  type ConsultationRight,
  consultationGrounds,
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
export { type DisclosureQuestion, disclose, followedTask, ownTask } from './disclose.ts';
export { type DecidedPaths, decidedPaths } from './evidence/decided.ts';
export type { Evidence, Judged } from './evidence/evidence.ts';
export { type DecidingGrounds, groundsNoted } from './evidence/grounds-noted.ts';
export { feedback, mayReceiveContent } from './feedback.ts';
export { compileGrounds } from './ground/compile.ts';
export { asksOutside, type Grounds, groundRule, mayState } from './ground/ground.ts';
export { type ConsentQuestion, nobodyAsked, type OutsideAnswer, type OutsideConsent } from './ground/outside.ts';
export { identityConflictCoding, secondReferralCoding, withoutOwnerMarks } from './owner-marks.ts';
export { projectedBundle } from './projection/bundle.ts';
export { compileProjections } from './projection/compile.ts';
export { type Explained, explainResource } from './projection/explain.ts';
export { messageNames, phases, type RecipientKind, recipientKinds } from './projection/file.ts';
export { allowedElements } from './projection/paths.ts';
export { permissionsOf, type StatedPermissions } from './projection/permissions.ts';
export { noProjections, type Projections, type RecipientProjections } from './projection/projection.ts';
export { valuesOf } from './receipt/leaves.ts';
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
