import type { Run } from '../plan/plan.ts';
import type { JsonObject } from '../values/object.ts';

export type NativeInvariant = {
  readonly expression: string;
  /** Elements without any one of which it holds. */
  readonly needs?: readonly string[];
  readonly holds: (value: JsonObject, run: Run) => boolean;
};
