export { authenticator, bearerTokens } from './authenticator.ts';
export { staticTokens } from './bearer.ts';
export { type RevocationList, readRevocationList } from './certificate/crl.ts';
export { type PresentedCertificate, presented } from './certificate/presented.ts';
export type { Authenticate, Caller, LoginRequest } from './login.ts';
export { namesOf } from './names.ts';
export { networkOf } from './network-of.ts';
export { cookieIn, cookieNames, setCookie } from './people/cookies.ts';
export { type Draft, type DraftHolder, type DraftValues, draftDays, draftsIn, mostDrafts } from './people/drafts.ts';
export { isLoopbackRequest } from './people/own-origin.ts';
export {
  contentOf,
  demoContent,
  type LoggedIn,
  type People,
  pendingSeconds,
  peopleOf,
  requestedLevels,
  withPeople,
} from './people/people.ts';
export { whoIs } from './people/person.ts';
export { openProvider } from './people/provider.ts';
export { returnPath } from './people/return-path.ts';
export type { Emergency } from './people/session-content.ts';
export { sessionsIn } from './people/sessions.ts';
export { operateScope, type Permission, permits, type RequiredScope, type Scopes } from './scopes.ts';
export { accessTokens } from './token/access-token.ts';
export { attempts } from './token/attempts.ts';
export { clientKeys, type ReadDocument } from './token/client-keys.ts';
export { clientsOf } from './token/clients.ts';
export { proofAlgorithms, proofs } from './token/dpop.ts';
export { grantTypes, type TokenAnswer, type TokenEndpoint, tokenEndpoint } from './token/endpoint.ts';
export { nonces } from './token/nonce.ts';
export { presentationDouble } from './token/presentation.ts';
export { usedOnce } from './token/used-once.ts';
export { ownTokens } from './token/verify-access-token.ts';
