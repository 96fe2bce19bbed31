import { integer, long } from '../arithmetic.ts';
import { type Compiled, type Many, multiple, oneOf, single, testOf } from '../compiled.ts';
import { type Call, projection } from '../context.ts';
import { asDecimal } from '../equality.ts';
import { FhirPathEvaluationError } from '../error.ts';
import { checkCriterion } from '../operand-types.ts';
import { alike, eitherType } from '../operators.ts';
import { calendarUnits } from '../parser.ts';
import { stringOf, toText } from '../text.ts';
import { systemValue } from '../value.ts';
import { compareDecimals, Decimal, parseDecimal } from '../values/decimal.ts';
import { convert, Quantity } from '../values/quantity.ts';
import { parseDate, parseDateTime, parseTime, precisionOf, Temporal } from '../values/temporal.ts';
import { type FunctionTable, mapOne, ofValue } from './define.ts';

type Conversion = (value: unknown) => unknown;

/** `toX()` and `convertsToX()` of one conversion, which returns undefined where it is not possible. */
const both = (name: string, convertValue: Conversion): FunctionTable => ({
  [`to${name}`]: ofValue(`System.${name}`, convertValue),
  [`convertsTo${name}`]: ofValue('System.Boolean', (value) => convertValue(value) !== undefined),
});

/** https://hl7.org/fhirpath/N1/#conversion */
export const conversion: FunctionTable = {
  iif: { args: [2, 3], build: iif },
  ...both('Boolean', toBoolean),
  ...both('Integer', toInteger),
  ...both('Long', toLong),
  ...both('Decimal', toDecimal),
  ...both('String', toText),
  ...both('Date', toDate),
  ...both('DateTime', toDateTime),
  ...both('Time', toTime),
  toQuantity: { args: [0, 1], build: (call) => quantityFunction(call, 'System.Quantity', (it) => it) },
  convertsToQuantity: {
    args: [0, 1],
    build: (call) => quantityFunction(call, 'System.Boolean', (it) => it !== undefined),
  },
};

/** Evaluates only the branch that the criterion selects; $this is the input. */
function iif(call: Call): Compiled {
  const criterion = projection(call, 0);
  if (!call.context.lenient) checkCriterion(criterion, call.name, call.at);
  const test = testOf(criterion, 'the criterion of iif()');
  const [whenTrue, otherwise] = branches(call);
  const input = oneOf(call.input, 'iif()');
  const traits = { possible: otherwise ? eitherType(whenTrue, otherwise) : whenTrue.possible };
  const [one, other] = [whenTrue.one, otherwise?.one];
  if (one && (!otherwise || other)) {
    return single(
      whenTrue.type,
      (self, scope) => {
        const item = input(self, scope);
        return test(item, scope) === true ? one(item, scope) : other?.(item, scope);
      },
      traits,
    );
  }
  const many: Many = (self, scope) => {
    const item = input(self, scope);
    return test(item, scope) === true ? whenTrue.many(item, scope) : (otherwise?.many(item, scope) ?? []);
  };
  return multiple(whenTrue.type, many, traits);
}

function branches(call: Call): [Compiled, Compiled | undefined] {
  const whenTrue = projection(call, 1);
  if (call.args.length < 3) return [whenTrue, undefined];
  const otherwise = projection(call, 2);
  if (otherwise.constant?.length === 0) return [whenTrue, undefined];
  return alike(whenTrue, otherwise);
}

const truths = new Set(['true', 't', 'yes', 'y', '1', '1.0']);
const falsehoods = new Set(['false', 'f', 'no', 'n', '0', '0.0']);
const [zero, one] = [new Decimal(0n, 0), new Decimal(1n, 0)];

function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    const text = value.toLowerCase();
    return truths.has(text) ? true : falsehoods.has(text) ? false : undefined;
  }
  const number = asDecimal(value);
  if (!number) return undefined;
  return compareDecimals(number, one) === 0 ? true : compareDecimals(number, zero) === 0 ? false : undefined;
}

const wholeNumber = /^[+-]?\d{1,30}$/;

function toInteger(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return integer(Number(value));
  return typeof value === 'string' && wholeNumber.test(value) ? integer(Number(value)) : undefined;
}

function toLong(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return BigInt(value);
  return typeof value === 'string' && wholeNumber.test(value) ? long(BigInt(value.replace('+', ''))) : undefined;
}

function toDecimal(value: unknown): Decimal | undefined {
  if (typeof value === 'boolean') return new Decimal(value ? 10n : 0n, 1);
  if (typeof value === 'string') return /^[+-]?\d+(\.\d+)?$/.test(value) ? parseDecimal(value) : undefined;
  return asDecimal(value);
}

function toDate(value: unknown): Temporal | undefined {
  if (typeof value === 'string') return parseDate(value);
  if (!(value instanceof Temporal) || value.kind === 'Time') return undefined;
  return new Temporal('Date', Math.min(value.precision, precisionOf.day), {
    year: value.year,
    month: value.month,
    day: value.day,
  });
}

function toDateTime(value: unknown): Temporal | undefined {
  if (typeof value === 'string') return parseDateTime(value);
  if (!(value instanceof Temporal) || value.kind === 'Time') return undefined;
  return value.kind === 'DateTime' ? value : new Temporal('DateTime', value.precision, value);
}

function toTime(value: unknown): Temporal | undefined {
  if (typeof value === 'string') return parseTime(value);
  return value instanceof Temporal && value.kind === 'Time' ? value : undefined;
}

const quantityPattern = /^([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-zA-Z]+))?$/;

function toQuantity(value: unknown): Quantity | undefined {
  if (value instanceof Quantity) return value;
  if (typeof value === 'boolean') return new Quantity(new Decimal(value ? 10n : 0n, 1), '1');
  if (typeof value !== 'string') {
    const number = asDecimal(value);
    return number && new Quantity(number, '1');
  }
  const match = value.length > 100 ? null : quantityPattern.exec(value);
  const number = match && parseDecimal(match[1] ?? '');
  if (!match || !number) return undefined;
  const calendar = match[3] === undefined ? undefined : calendarUnits.get(match[3]);
  if (match[3] !== undefined && !calendar) return undefined;
  return calendar ? new Quantity(number, calendar, 'calendar') : new Quantity(number, match[2] ?? '1');
}

function quantityFunction(call: Call, result: string, answer: (quantity: Quantity | undefined) => unknown): Compiled {
  const { input, name, args, compile, context } = call;
  const unitArgument = args[0] && stringOf(compile(args[0], context), `${name}()`);
  if (!unitArgument) return mapOne(input, name, result, (value) => answer(toQuantity(value)));
  const one = oneOf(input, `${name}()`);
  return single(result, (self, scope) => {
    const item = one(self, scope);
    if (item === undefined) return undefined;
    const unit = unitArgument(self, scope);
    if (unit === undefined) throw new FhirPathEvaluationError(`${name}() requires a unit`);
    const quantity = toQuantity(systemValue(item, input.type));
    const calendar = calendarUnits.get(unit);
    return answer(quantity && convert(quantity, calendar ?? unit, calendar ? 'calendar' : 'ucum'));
  });
}
