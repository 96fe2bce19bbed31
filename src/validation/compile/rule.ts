import type { ElementDefinition } from '@medplum/fhirtypes';
import { writeJson } from '../../fhir/json.ts';
import type { Run } from '../plan/plan.ts';
import type { ProfileError } from '../plan/profile-error.ts';
import type { IssuePlace } from '../run/report.ts';
import type { ChoiceValue } from '../values/choice-value.ts';
import type { CompileContext } from './element-trees.ts';

/** One requirement on the values of an element. */
export type Rule = {
  /** The requirement, as `describe` prints it. */
  readonly description: string;
  readonly check: (value: unknown, run: Run, type: string) => void;
  /** A cheap test: true when a value certainly passes, format included; false means undecided. */
  /** Why the requirement could not be compiled; then `check` only reports that. */
  readonly problem?: ProfileError;
  readonly passesQuickly?: (value: string, run: Run) => boolean;
};

/** What rules are compiled from: an element of a type or profile. */
export type RuleSource = {
  readonly context: CompileContext;
  readonly element: ElementDefinition;
  /** The same element of the constrained type: its constraints are checked already. */
  readonly base: ElementDefinition | undefined;
  readonly types: readonly string[];
  /** Canonical of the profile; undefined for the types of R4 themselves. */
  readonly profile: string | undefined;
};

export type RuleBuilder = (source: RuleSource) => Rule | readonly Rule[] | undefined;

export const issuePlaceOf = ({ element, profile }: RuleSource): IssuePlace => ({
  element: element.id ?? element.path ?? '',
  ...(profile ? { profile } : {}),
});

export const elementNameOf = ({ element }: RuleSource): string => element.id ?? element.path ?? '';

export const printValue = ({ value, written }: ChoiceValue): string =>
  typeof value === 'string' ? `"${value}"` : (written ?? writeJson(value));
