import type { Compiled } from './compiled.ts';
import { FhirPathSyntaxError, type Position } from './error.ts';
import type { BinaryOperator } from './syntax.ts';
import { systemTypeOf, type TypeName } from './types.ts';

type Kind = 'number' | 'text' | 'time' | 'quantity' | 'boolean';

const kinds: Readonly<Record<string, Kind>> = {
  'System.Integer': 'number',
  'System.Long': 'number',
  'System.Decimal': 'number',
  'System.String': 'text',
  'System.Date': 'time',
  'System.DateTime': 'time',
  'System.Time': 'time',
  'System.Quantity': 'quantity',
  'System.Boolean': 'boolean',
};

type Taken = (left: Kind, right: Kind) => boolean;

const isNumeric = (kind: Kind): boolean => kind === 'number' || kind === 'quantity';
const bothNumeric: Taken = (a, b) => isNumeric(a) && isNumeric(b);
/** A sum of a time and a duration; a quantity and a number. */
const additive: Taken = (a, b) => a === b || (a === 'time' && b === 'quantity') || bothNumeric(a, b);
const ordered: Taken = (a, b) => (a === b && a !== 'boolean') || bothNumeric(a, b);

const additions: ReadonlyMap<BinaryOperator, Taken> = new Map([
  ['+', additive],
  ['-', additive],
]);
/** Operators that throw for any other types. */
const others: ReadonlyMap<BinaryOperator, Taken> = new Map([
  ['*', bothNumeric],
  ['/', bothNumeric],
  ['div', bothNumeric],
  ['mod', bothNumeric],
  ['<', ordered],
  ['<=', ordered],
  ['>', ordered],
  ['>=', ordered],
]);

/**
 * Throws FhirPathSyntaxError for a sum or difference of types that can never be one (`birthDate + 7`); `strict`: for any
 * operator that does not take the types of its sides.
 */
export function checkOperands(
  operator: BinaryOperator,
  left: Compiled,
  right: Compiled,
  { at, strict }: { readonly at: Position; readonly strict: boolean },
): void {
  const takes = additions.get(operator) ?? (strict ? others.get(operator) : undefined);
  const [a, b] = [kindsOf(left), kindsOf(right)];
  if (!takes || !a || !b || a.some((it) => b.some((other) => takes(it, other)))) return;
  throw new FhirPathSyntaxError(`${operator} does not apply to ${nameOf(left)} and ${nameOf(right)}`, at, 'semantic');
}

/** Throws FhirPathSyntaxError for the input of a function of texts or numbers that can be neither. */
export function checkInput(name: string, input: Compiled, at: Position): void {
  const taken = inputs.get(name);
  const found = kindsOf(input);
  if (!taken || !found || found.some((it) => taken.includes(it))) return;
  throw new FhirPathSyntaxError(`${name}() does not apply to ${nameOf(input)}`, at, 'semantic');
}

/** Throws FhirPathSyntaxError for the operand of a sign that can be no number. */
export function checkSign(sign: string, operand: Compiled, at: Position): void {
  const found = kindsOf(operand);
  if (!found || found.some((it) => numbers.includes(it))) return;
  throw new FhirPathSyntaxError(`the sign ${sign} does not apply to ${nameOf(operand)}`, at, 'semantic');
}

/** Throws FhirPathSyntaxError for an index that can be no number. */
export function checkIndex(index: Compiled, at: Position): void {
  const found = kindsOf(index);
  if (found && !found.includes('number'))
    throw new FhirPathSyntaxError(`an index is an Integer, not ${nameOf(index)}`, at, 'semantic');
}

/** Dates and times are texts in FHIR, so that functions of texts take them. */
const texts: readonly Kind[] = ['text', 'time'];
const numbers: readonly Kind[] = ['number', 'quantity'];

const inputs: ReadonlyMap<string, readonly Kind[]> = new Map([
  ...'indexOf lastIndexOf startsWith endsWith substring upper lower length trim toChars split replace matches matchesFull replaceMatches encode decode escape unescape'
    .split(' ')
    .map((name) => [name, texts] as const),
  ...'abs ceiling floor truncate round exp ln sqrt log power'.split(' ').map((name) => [name, numbers] as const),
]);

/** The kinds that its items may have; undefined where some type is unknown or has none. */
function kindsOf({ type, possible }: Compiled): readonly Kind[] | undefined {
  const types = type === undefined ? possible : [type];
  if (!types || types.length === 0) return undefined;
  const found = types.map((it) => kinds[systemTypeOf(it) ?? '']);
  return found.includes(undefined) ? undefined : (found as readonly Kind[]);
}

const nameOf = ({ type, possible = [] }: Compiled): TypeName => type ?? possible.join(' or ');

/** Throws FhirPathSyntaxError for a criterion of several values that are no booleans: it can never be true or false. */
export function checkCriterion(criterion: Compiled, name: string, at: Position): void {
  const found = kindsOf(criterion);
  if (criterion.one || criterion.atMostOne || !found || found.includes('boolean')) return;
  throw new FhirPathSyntaxError(
    `the criterion of ${name}() is a collection of ${nameOf(criterion)}, not a Boolean`,
    at,
    'semantic',
  );
}
