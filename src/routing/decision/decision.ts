import type { Identifier } from '@medplum/fhirtypes';
import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Issue } from '../../fhir/issue.ts';
import type { ReplicatedSource } from '../snapshot/snapshot.ts';
import type { CandidateMetrics } from './choice.ts';

/** Who gets the Task. `partner` is absent when the owner has no system of its own (inbox). */
export type ChosenOwner = {
  readonly reference: string;
  readonly identifier?: Identifier;
  readonly display: string;
  readonly partner?: string;
};

/** One rule as it was tried. */
export type TriedRule = {
  readonly id: string;
  readonly outcome: 'decided' | 'condition-not-met' | 'no-candidate';
  /** The condition that was not met; of `no-candidate`, how many services fitted: none, or too many to choose by rule. */
  readonly because?: string;
};

/** A service that was looked at, and why it was kept or dropped. */
export type Candidate = {
  readonly service: string;
  readonly name: string;
  readonly rule: string;
  readonly kept: boolean;
  readonly because: Bilingual;
  /** Its place among those that were kept, when the rule says what makes one the better. */
  readonly rank?: number;
  /** The figures that it was kept or dropped by, and how old they were. */
  readonly measured?: CandidateMetrics;
  /** Directory that it was replicated from; absent for the network's own. */
  readonly source?: string;
};

/** Names and values of what the rules looked at: codes, never names, BSN or a full postcode. */
export type FactsUsed = Readonly<Record<string, string | number | boolean | null>>;

type Reasons = {
  readonly useCase: string;
  /** Id of the rule that decided. */
  readonly rule: string;
  readonly reason: Bilingual;
  readonly rules: readonly TriedRule[];
  readonly facts: FactsUsed;
  readonly candidates: readonly Candidate[];
  /** Of a large directory: how many more services a rule passed over, since their catchment does not cover the home. */
  readonly elsewhere: readonly { readonly rule: string; readonly count: number }[];
  readonly warnings: readonly Issue[];
  /** SHA-256 of the configuration set, and of the directory, that made this decision. */
  readonly configuration: string;
  readonly directory: string;
  /** Replicated directories that services looked at came from, and when each was last heard. */
  readonly sources: readonly ReplicatedSource[];
  readonly decidedAt: string;
};

/**
 * Why a message goes where it goes; plain JSON. Never silent: `human` has an owner too, the team that
 * decides by hand, and `refused` says what the sender has to mend.
 */
export type Decision =
  | (Reasons & { readonly kind: 'assigned'; readonly owner: ChosenOwner })
  /** `proposed`: services that the rules found for people to choose from, the best first. */
  | (Reasons & { readonly kind: 'human'; readonly owner: ChosenOwner; readonly proposed?: readonly ChosenOwner[] })
  | (Reasons & { readonly kind: 'refused'; readonly issues: readonly Issue[] });
