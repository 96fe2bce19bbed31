import type { Trace } from '../../../src/mapping/index.ts';

/** What the paths of an output begin with: its type, of a logical model its name. */
export const rootOf = (output: unknown, { elements }: Trace): string =>
  (output as { resourceType?: string } | null)?.resourceType ?? elements[0]?.path.replace(/[.[].*/, '') ?? '$this';
