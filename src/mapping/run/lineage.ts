import type { Node } from './node.ts';
import type { RulePlace } from './rule-place.ts';

/** One write of a rule to one element of the output. */
export type WriteRecord = {
  /** The value written. An object is identified by itself, so that it may still move within its list. */
  readonly value: unknown;
  /** The object or list that contains it, and its place in it. */
  readonly holder: unknown;
  readonly key: string;
  readonly index: number;
  readonly rule: RulePlace;
  readonly sources: readonly Source[];
  /** Copied whole: each element below it comes from the same path below the source. */
  readonly copied: boolean;
};

type Source = Node | SourceRead | undefined;

/** A node, and the plain path that an expression read from it. */
export type SourceRead = { readonly node: Node; readonly path: string };

export const isSourceRead = (it: Node | SourceRead): it is SourceRead => 'node' in it;

/** What a traced run records; trace.ts turns it into a Trace when the Trace is read. */
export type Lineage = {
  readonly written: WriteRecord[];
  readonly decided: SourceRead[];
  /** Number of times that each rule fired, by rule number. */
  readonly fired: number[];
};

export const newLineage = (rules: number): Lineage => ({ written: [], decided: [], fired: new Array(rules).fill(0) });

/** The record of a write at a node. */
export const writeRecord = (
  { value, parent, key, index }: Node,
  rule: RulePlace,
  sources: readonly Source[],
  copied: boolean,
): WriteRecord => ({ value, holder: parent?.value, key, index, rule, sources, copied });
