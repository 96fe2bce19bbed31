import type { Direct } from '../generate/direct.ts';
import type { Predicate } from '../generate/predicate.ts';
import type { Context } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Node } from '../run/node.ts';
import type { Frame, Run } from '../run/run.ts';
import type { Argument, Place } from '../syntax/tree.ts';
import type { Static } from '../types/types.ts';

/** A compiled transform: the values that it gives, none when there is nothing to give. */
export type Values = {
  readonly values: (run: Run, frame: Frame) => readonly Node[];
  readonly types: Static;
  /** Set when it is a variable as it stands: its one value, without a list around it. */
  readonly only?: (frame: Frame) => Node | undefined;
  /** The values are elements of the source, to be copied whole. */
  readonly copies?: boolean;
  readonly direct?: Direct | undefined;
  /** An expression that is always true or false. */
  readonly test?: Predicate;
  /** What it reads besides the sources of its rule. */
  readonly sources?: (frame: Frame) => readonly { node: Node; path: string }[];
};

/** An argument of a transform, compiled. */
export type Operand = Values & {
  /** Set when it is a literal or depends on nothing of the message. */
  readonly constant?: unknown;
};

export type TransformCall = {
  readonly name: string;
  readonly operands: readonly Operand[];
  readonly arguments: readonly Argument[];
  /** Types of the element that the value goes to. */
  readonly target: Static;
  readonly scope: Scope;
  readonly context: Context;
  readonly at: Place;
};

/** One transform of the language: what it takes, and how a call of it is compiled. */
export type TransformKind = {
  /** Fewest and most arguments. */
  readonly takes: readonly [number, number];
  readonly compile: (call: TransformCall) => Values | undefined;
};

/** The text of the first value of an operand. */
export const textOf = (operand: Operand, run: Run, frame: Frame): string | undefined => {
  const value = operand.values(run, frame)[0]?.value;
  return value === undefined || typeof value === 'object' ? undefined : String(value);
};
