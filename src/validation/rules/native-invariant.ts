import type { Run } from '../plan/plan.ts';
import type { JsonObject } from '../values/object.ts';

export type NativeInvariant = { readonly expression: string; readonly holds: (value: JsonObject, run: Run) => boolean };
