import type { Code } from '../generate/group-builder.ts';
import type { Action, NumberedRule } from '../program/program.ts';
import type { Rule } from '../syntax/tree.ts';
export type CompiledRule = {
  readonly code: Code;
  /** Set for a rule that copies one element: the same as a closure, with its two variables in the frame. */
  readonly copy?: NumberedRule & { readonly act: Action };
};

export type Member = CompiledRule & { readonly rule: Rule };

export const noCode: Code = () => '';
