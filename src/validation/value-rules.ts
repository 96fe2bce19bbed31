/** What no StructureDefinition says, by the type of the value: each a module of its own. */
import { checkReference } from './references.ts';
import type { Run } from './run.ts';

export type ValueRule = (value: Readonly<Record<string, unknown>>, run: Run) => void;

export const valueRules: Readonly<Record<string, readonly ValueRule[]>> = {
  Reference: [checkReference],
};
