import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Run } from '../plan/plan.ts';
import type { PlaceOfRule } from '../run/report.ts';
import type { CompileContext } from './element-trees.ts';

export type Rule = {
  /** What it asks, for `describe`. */
  readonly says: string;
  readonly check: (value: unknown, run: Run, type: string) => void;
  /** Whether a value surely passes, format and all; false says nothing. */
  readonly surely?: (value: string, run: Run) => boolean;
};

export type Ask = {
  readonly context: CompileContext;
  readonly element: ElementDefinition;
  /** What is checked already: the same element of the type that a profile constrains. */
  readonly base: ElementDefinition | undefined;
  readonly types: readonly string[];
  /** Canonical of the profile; undefined for the types of R4 themselves. */
  readonly profile: string | undefined;
};

export type Build = (ask: Ask) => Rule | readonly Rule[] | undefined;

export const placeOf = ({ element, profile }: Ask): PlaceOfRule => ({
  element: element.id ?? element.path ?? '',
  ...(profile ? { profile } : {}),
});

export const nameOf = ({ element }: Ask): string => element.id ?? element.path ?? '';

export const told = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value));
