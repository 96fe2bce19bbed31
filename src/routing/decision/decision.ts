import type { Identifier } from '@medplum/fhirtypes';
import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Issue } from '../../fhir/issue.ts';
import type { ReplicatedSource } from '../snapshot/snapshot.ts';
import type { CandidateMetrics } from './choice.ts';

/** The owner assigned to the Task. `partner` is absent when the owner has no system of its own (inbox). */
export type ChosenOwner = {
  readonly reference: string;
  readonly identifier?: Identifier;
  readonly display: string;
  readonly partner?: string;
};

/** The outcome of one rule. */
export type TriedRule = {
  readonly id: string;
  readonly outcome: 'decided' | 'condition-not-met' | 'no-candidate';
  /**
   * The condition that was not met; for `no-candidate`, the number of matching services: none, or several of equal
   * rank.
   */
  readonly because?: string;
};

/** An evaluated service, and the reason for keeping or dropping it. */
export type Candidate = {
  readonly service: string;
  readonly name: string;
  readonly rule: string;
  readonly kept: boolean;
  readonly because: Bilingual;
  /** Rank among the services kept, when the rule states a preference. */
  readonly rank?: number;
  /** The values by which it was kept or dropped, and their age. */
  readonly measured?: CandidateMetrics;
  /** The directory it was replicated from; absent for the network's own services. */
  readonly source?: string;
};

/** Names and values of the facts that rules may test: codes, never names, BSN or a full postcode. */
export type FactsUsed = Readonly<Record<string, string | number | boolean | null>>;

type Reasons = {
  readonly useCase: string;
  /** Id of the deciding rule. */
  readonly rule: string;
  readonly reason: Bilingual;
  readonly rules: readonly TriedRule[];
  readonly facts: FactsUsed;
  readonly candidates: readonly Candidate[];
  /**
   * In a large directory: the number of services per rule that were not evaluated, because their catchment does not
   * cover the home.
   */
  readonly elsewhere: readonly { readonly rule: string; readonly count: number }[];
  readonly warnings: readonly Issue[];
  /** SHA-256 of the configuration set and of the directory used for this decision. */
  readonly configuration: string;
  readonly directory: string;
  /** The replicated directories of the evaluated services, and when each was last updated. */
  readonly sources: readonly ReplicatedSource[];
  readonly decidedAt: string;
};

/**
 * The destination of a message with its reasons, as plain JSON. No message is dropped silently: `human` has an owner
 * too, the team that decides by hand (registratieteam), and `refused` states what the sender has to correct.
 */
export type Decision =
  | (Reasons & { readonly kind: 'assigned'; readonly owner: ChosenOwner })
  /** `proposed`: the services that the rules offer for a human choice, best first. */
  | (Reasons & { readonly kind: 'human'; readonly owner: ChosenOwner; readonly proposed?: readonly ChosenOwner[] })
  | (Reasons & { readonly kind: 'refused'; readonly issues: readonly Issue[] });
