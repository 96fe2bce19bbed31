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

/** Pairs of different kinds that + and - take: a time and a duration, a quantity and a number. */
const mixed: ReadonlySet<string> = new Set(['time quantity', 'quantity number', 'number quantity']);

/** Throws FhirPathSyntaxError for a sum or difference of types that can never be one (`birthDate + 7`). */
export function checkOperands(operator: BinaryOperator, left: Compiled, right: Compiled, at: Position): void {
  if (operator !== '+' && operator !== '-') return;
  const [a, b] = [kindOf(left.type), kindOf(right.type)];
  if (!a || !b || a === b || mixed.has(`${a} ${b}`)) return;
  throw new FhirPathSyntaxError(`${operator} does not apply to ${left.type} and ${right.type}`, at, 'semantic');
}

const kindOf = (type: TypeName | undefined): Kind | undefined => kinds[systemTypeOf(type) ?? ''];

/** Throws FhirPathSyntaxError for a criterion of several values that are no booleans: it can never be true or false. */
export function checkCriterion(criterion: Compiled, name: string, at: Position): void {
  const kind = kindOf(criterion.type);
  if (criterion.one || kind === undefined || kind === 'boolean') return;
  throw new FhirPathSyntaxError(
    `the criterion of ${name}() is a collection of ${criterion.type}, not a Boolean`,
    at,
    'semantic',
  );
}
