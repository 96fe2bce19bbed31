import { MapSyntaxError, problem } from '../syntax/problem.ts';
import type { Expression } from '../syntax/tree.ts';
/** Any object of a StructureMap, R4 or R5. */
export type Json = Readonly<Record<string, unknown>>;

/** JSON has no useful line numbers: group and rule locate a problem in such a map. */
export const nowhere = { line: 1, column: 1 } as const;

export const syntaxError = (
  path: string,
  at: { line?: number | undefined; column?: number | undefined },
  expected: string,
  found: string,
): MapSyntaxError =>
  new MapSyntaxError([
    problem('map-syntax', { expected, found, suggestion: '' }, { path, line: at.line ?? 1, column: at.column ?? 1 }),
  ]);

export const objectsOf = (value: unknown): Json[] =>
  Array.isArray(value) ? value.filter((it): it is Json => typeof it === 'object' && it !== null) : [];

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const expressionOf = (value: unknown): Expression | undefined =>
  typeof value === 'string' ? { text: value, ...nowhere } : undefined;

export const comments = ({ documentation }: Json): string[] =>
  typeof documentation === 'string' ? documentation.split('\n') : [];
