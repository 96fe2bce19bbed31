import type { Trace } from '../../../src/mapping/index.ts';

/** The first step of the paths of an output: its type, or the name of its logical model. */
export const rootOf = (output: unknown, { elements }: Trace): string =>
  (output as { resourceType?: string } | null)?.resourceType ?? elements[0]?.path.replace(/[.[].*/, '') ?? '$this';
