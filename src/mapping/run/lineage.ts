import type { Node } from './node.ts';
import type { RulePlace } from './rule-place.ts';

/** One act of a rule on one element of the output. */
export type Written = {
  /** What was put there: an object is known by itself, also when its place in a list moves. */
  readonly value: unknown;
  /** What it was put in, and where. */
  readonly holder: unknown;
  readonly key: string;
  readonly index: number;
  readonly rule: RulePlace;
  readonly sources: readonly Source[];
  /** The element was copied whole: what is below it comes from the same place below the source. */
  readonly copied: boolean;
};

type Source = Node | SourceRead | undefined;

/** A node, and the plain path behind it that an expression read. */
export type SourceRead = { readonly node: Node; readonly path: string };

export const isRead = (it: Node | SourceRead): it is SourceRead => 'node' in it;

/** What a traced run writes down while it runs; trace.ts makes the answer of it when it is asked. */
export type Lineage = {
  readonly written: Written[];
  readonly decided: SourceRead[];
  /** How often each rule fired, by its number. */
  readonly fired: number[];
};

export const newLineage = (rules: number): Lineage => ({ written: [], decided: [], fired: new Array(rules).fill(0) });

/** What was written at a node. */
export const writtenAt = (
  { value, parent, key, index }: Node,
  rule: RulePlace,
  sources: readonly Source[],
  copied: boolean,
): Written => ({ value, holder: parent?.value, key, index, rule, sources, copied });
