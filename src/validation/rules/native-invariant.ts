import type { Run } from '../plan/plan.ts';
import type { Obj } from '../values/object.ts';

export type ByHand = { readonly expression: string; readonly holds: (value: Obj, run: Run) => boolean };
