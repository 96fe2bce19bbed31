import type { Node } from '../../definitions/element-tree.ts';
import type { Run } from '../plan/plan.ts';
import type { CompileContext } from './element-trees.ts';

/** While compiling one profile. */
export type ProfileCompilation = {
  readonly context: CompileContext;
  readonly profile: string;
  readonly lines: string[];
  /** Slices are compiled as elements are; handed in because elements compile their slices. */
  readonly compileNode: CompileNode;
};

/** A value where it was found: its type, and for a primitive the id and extensions beside it. */
export type Found = { readonly value: unknown; readonly beside: unknown; readonly type: string };

export type FoundCheck = (found: Found, run: Run) => void;

/**
 * Compiles the checks of one element and everything below it; undefined when there are none.
 * `base` is the element of the type. `checked`, for a slice, is the sliced element: its rules are checked already.
 */
type CompileNode = (
  compiling: ProfileCompilation,
  node: Node,
  base: Node | undefined,
  types: readonly string[],
  checked?: Node,
) => FoundCheck | undefined;
