/** Where a referral goes, and why: rules, the directory as it is now, and one decision with its reasons. */
import type { Bundle } from '@medplum/fhirtypes';
import type { Result } from '../fhir/result.ts';
import type { Decision } from './decision.ts';
import type { DirectorySnapshot } from './snapshot.ts';

export type { Bilingual, Candidate, ChosenOwner, Decision, FactsUsed, TriedRule } from './decision.ts';
export type {
  Catchment,
  DirectoryOrganization,
  DirectoryService,
  DirectorySnapshot,
  Domain,
  PostcodeRange,
} from './snapshot.ts';
export { type DirectoryFacts, type Municipality, snapshotOf } from './snapshot-index.ts';

/** Compiled routes; opaque but for the digest. */
export type Routes = { readonly digest: string };

export type RoutingQuestion = {
  /** The referral in the gateway's profile, after ids were given. */
  readonly graph: Bundle;
  /** Whether the sender wrote the gateway's own profile or a map made it so. */
  readonly source: 'gateway-profile' | 'mapped';
  /** Id of the partner that sent it. */
  readonly sender?: string;
  readonly now: Date;
};

export declare const compileRoutes: (text: string, path: string, directory: DirectorySnapshot) => Result<Routes>;
export declare const route: (routes: Routes, directory: DirectorySnapshot, question: RoutingQuestion) => Decision;
/** The graph with Task.owner set, and businessStatus `human-decision` where a human has to choose. Never changes its input. */
export declare const assign: (graph: Bundle, decision: Decision) => Bundle;
export declare const explainDecision: (decision: Decision, language: 'en' | 'nl') => string[];
