import type { Node } from '../../definitions/element-tree.ts';
import type { Run } from '../plan/plan.ts';
import type { ProfileError } from '../plan/profile-error.ts';
import type { CompileContext } from './element-trees.ts';

/** State while one profile is compiled; `lines` collects the descriptions of its checks. */
export type ProfileCompilation = {
  readonly context: CompileContext;
  readonly profile: string;
  readonly lines: string[];
  /** Constraints that could not be compiled. */
  readonly problems: ProfileError[];
  /** Slices are compiled as elements are; handed in because elements compile their slices. */
  readonly compileNode: CompileNode;
};

export type ElementValue = {
  readonly value: unknown;
  /** The `_name` object of a primitive, with its id and extensions. */
  readonly beside: unknown;
  readonly type: string;
  /** A number with its digits as written. */
  readonly written?: string | undefined;
};

export type ElementCheck = (found: ElementValue, run: Run) => void;

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
) => ElementCheck | undefined;
