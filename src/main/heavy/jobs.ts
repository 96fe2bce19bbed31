import type { Transformed, TransformJob } from '../../exchange/maps/heavy-work.ts';
import type { Report, ValidateOptions } from '../../validation/index.ts';

/** What the thread needs to validate as the gateway does: the JSON texts of the profiles, and the waivers. */
export type ThreadOptions = { readonly profiles: readonly string[]; readonly waive: Readonly<Record<string, string>> };

export type Job =
  | { readonly kind: 'transform'; readonly job: TransformJob }
  | { readonly kind: 'validate'; readonly resource: string; readonly options: ValidateOptions };

/** The deadline of a job runs from `started`: what the thread loads before is not the work of the request. */
export type Message =
  | { readonly kind: 'started' }
  | { readonly kind: 'done'; readonly value: Transformed | Report }
  /** It exceeded a limit of the language: call depth, length of a text. */
  | { readonly kind: 'exceeded' }
  | { readonly kind: 'fault'; readonly name: string; readonly stack: string };
