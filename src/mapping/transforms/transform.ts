import type { DirectValue } from '../generate/direct.ts';
import type { Predicate } from '../generate/predicate.ts';
import type { Context } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Node } from '../run/node.ts';
import type { Frame, Run } from '../run/run.ts';
import { writtenNumber } from '../run/sidecars.ts';
import type { Argument, Place } from '../syntax/tree.ts';
import type { PossibleTypes } from '../types/types.ts';

/** A compiled transform: a function to its values, possibly none. */
export type CompiledTransform = {
  readonly values: (run: Run, frame: Frame) => readonly Node[];
  readonly types: PossibleTypes;
  /** Set when it is a plain variable: its only value, without a list around it. */
  readonly only?: (frame: Frame) => Node | undefined;
  /** The values are elements of the source, to be copied whole. */
  readonly copies?: boolean;
  readonly direct?: DirectValue | undefined;
  /** Set when it is a literal or does not depend on the message. */
  readonly constant?: unknown;
  /** The values that it can have, as far as they are known when the map is compiled: of a table, and of an expression. */
  readonly listed?: readonly unknown[];
  /** Set when it is an expression that is always true or false. */
  readonly test?: Predicate;
  /** The nodes that it reads besides the sources of its rule. */
  readonly sources?: (frame: Frame) => readonly { node: Node; path: string }[];
};

/** What a transform can be, as far as it is known when the map is compiled. */
export const possibleOf = ({ constant, listed }: Pick<CompiledTransform, 'constant' | 'listed'>): readonly unknown[] =>
  listed?.length ? listed : constant === undefined ? [] : [constant];

/** A compiled argument of a transform. */
export type Operand = CompiledTransform;

export type TransformCall = {
  readonly name: string;
  readonly operands: readonly Operand[];
  readonly arguments: readonly Argument[];
  /** Types of the element that receives the value. */
  readonly target: PossibleTypes;
  readonly scope: Scope;
  readonly context: Context;
  readonly at: Place;
};

/** One transform of the language: its number of arguments, and the compiler of a call. */
export type TransformDefinition = {
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number];
  readonly compile: (call: TransformCall) => CompiledTransform | undefined;
};

/** The text of the first value of an operand. */
export const operandText = (operand: Operand, run: Run, frame: Frame): string | undefined => {
  const node = operand.values(run, frame)[0];
  const value = node && (writtenNumber(node) ?? node.value);
  return value === undefined || typeof value === 'object' ? undefined : String(value);
};

/** More of them are not checked. */
const mostCombinations = 200;

/** The texts of operands that are all known when the map is compiled, in each combination; none otherwise. */
export function combinations(operands: readonly CompiledTransform[]): readonly (readonly string[])[] {
  let found: string[][] = [[]];
  for (const operand of operands) {
    const values = possibleOf(operand).map(String);
    if (values.length * found.length > mostCombinations) return [];
    found = found.flatMap((before) => values.map((it) => [...before, it]));
  }
  return found;
}
