import type { Code } from '../generate/form.ts';
import type { Act, NumberedRule } from '../program/program.ts';
import type { Rule } from '../syntax/tree.ts';
export type CompiledRule = {
  readonly code: Code;
  /** Of a rule that copies one element: the same by a function, which finds its two variables in its frame. */
  readonly copy?: NumberedRule & { readonly act: Act };
};

export type Member = CompiledRule & { readonly rule: Rule };

export const nothing: Code = () => '';
