import type { Identifier } from '@medplum/fhirtypes';
import type { Issue } from '../fhir/issue.ts';

/** A sentence in both languages of the house. */
export type Bilingual = { readonly en: string; readonly nl: string };

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
};

/** Names and values of what the rules looked at: codes, never names, BSN or a full postcode. */
export type FactsUsed = Readonly<Record<string, string | boolean | null>>;

type Reasons = {
  readonly useCase: string;
  /** Id of the rule that decided. */
  readonly rule: string;
  readonly reason: Bilingual;
  readonly rules: readonly TriedRule[];
  readonly facts: FactsUsed;
  readonly candidates: readonly Candidate[];
  readonly warnings: readonly Issue[];
  /** SHA-256 of the rules, and of the directory, that made this decision. */
  readonly configuration: string;
  readonly directory: string;
  readonly decidedAt: string;
};

/**
 * Why a message goes where it goes; plain JSON. Never silent: `human` has an owner too, the team that
 * decides by hand, and `refused` says what the sender has to mend.
 */
export type Decision =
  | (Reasons & { readonly kind: 'assigned'; readonly owner: ChosenOwner })
  | (Reasons & { readonly kind: 'human'; readonly owner: ChosenOwner })
  | (Reasons & { readonly kind: 'refused'; readonly issues: readonly Issue[] });
