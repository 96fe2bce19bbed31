import type { Node } from './node.ts';
import type { RulePlace } from './run.ts';

/** One act of a rule on one element of the output. */
export type Written = {
  readonly node: Node;
  readonly rule: RulePlace;
  readonly sources: readonly SourceRead[];
  /** The element was copied whole: what is below it comes from the same place below the source. */
  readonly copied: boolean;
};

/** A node, and the plain path behind it that an expression read. */
export type SourceRead = { readonly node: Node; readonly path: string };

/** What a traced run writes down while it runs; trace.ts makes the answer of it afterwards. */
export type Lineage = {
  readonly written: Written[];
  readonly decided: SourceRead[];
  readonly fired: Map<RulePlace, number>;
};

export const newLineage = (): Lineage => ({ written: [], decided: [], fired: new Map() });
