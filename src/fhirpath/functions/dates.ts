import { type Compiled, oneOf, type Scope, single } from '../compiled.ts';
import { type Call, needed } from '../context.ts';
import { FhirPathEvaluationError, FhirPathTimeError } from '../error.ts';
import { stringOf } from '../text.ts';
import { systemValue } from '../value.ts';
import { Decimal, divide } from '../values/decimal.ts';
import { precisionOf, Temporal, type TemporalKind } from '../values/temporal.ts';
import { difference, duration, isIntervalUnit } from '../values/temporal-interval.ts';
import { type FunctionTable, ofValue } from './define.ts';

/** Current date and time, and the parts of dates and times (https://hl7.org/fhirpath/#extract-datedatetimetime-components). */
export const dates: FunctionTable = {
  now: current('DateTime', (it) => it),
  today: current('Date', dateOf),
  timeOfDay: current('Time', timeOf),
  yearOf: part(precisionOf.year, (it) => it.year),
  monthOf: part(precisionOf.month, (it) => it.month),
  dayOf: part(precisionOf.day, (it) => it.day),
  hourOf: part(precisionOf.hour, (it) => it.hour),
  minuteOf: part(precisionOf.minute, (it) => it.minute),
  secondOf: part(precisionOf.second, (it) => it.second),
  millisecondOf: part(precisionOf.second, (it) =>
    it.fraction ? Number(it.fraction.slice(0, 3).padEnd(3, '0')) : undefined,
  ),
  timezoneOffsetOf: ofTemporal((it) =>
    it.offset === undefined ? undefined : divide(new Decimal(BigInt(it.offset), 0), new Decimal(60n, 0)),
  ),
  dateOf: ofTemporal((it) => (it.kind === 'Time' ? undefined : dateOf(it))),
  timeOf: ofTemporal((it) => (it.kind === 'DateTime' && it.precision >= precisionOf.hour ? timeOf(it) : undefined)),
  duration: { args: [2, 2], build: (call) => interval(call, duration) },
  difference: { args: [2, 2], build: (call) => interval(call, difference) },
};

function current(kind: TemporalKind, from: (now: Temporal) => Temporal): FunctionTable[string] {
  return { args: [0, 0], build: () => single(`System.${kind}`, (_self, scope) => from(nowOf(scope))) };
}

function nowOf({ environment }: Scope): Temporal {
  const { now, zone = 0 } = environment;
  if (!now) throw new FhirPathTimeError('the environment has no time for now()');
  const local = new Date(now.getTime() + zone * 60_000);
  return new Temporal('DateTime', precisionOf.second, {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    fraction: String(local.getUTCMilliseconds()).padStart(3, '0'),
    offset: zone,
  });
}

function dateOf({ year, month, day, precision }: Temporal): Temporal {
  return new Temporal('Date', Math.min(precision, precisionOf.day), { year, month, day });
}

function timeOf({ hour, minute, second, fraction, precision }: Temporal): Temporal {
  return new Temporal('Time', precision, { hour, minute, second, fraction });
}

function ofTemporal(apply: (it: Temporal) => unknown): FunctionTable[string] {
  return ofValue(undefined, (value) => (value instanceof Temporal ? apply(value) : undefined));
}

/** Empty where the value is less precise, or its type has no such component. */
function part(precision: number, read: (it: Temporal) => number | undefined): FunctionTable[string] {
  return ofTemporal((it) => {
    const lacks = it.kind === 'Time' ? precision < precisionOf.hour : it.kind === 'Date' && precision > precisionOf.day;
    return lacks || it.precision < precision ? undefined : read(it);
  });
}

function interval(call: Call, measure: (from: Temporal, to: Temporal, unit: string) => number | undefined): Compiled {
  const what = `${call.name}()`;
  const other = needed(call, 0);
  const [from, to, unitOf] = [oneOf(call.input, what), oneOf(other, what), stringOf(needed(call, 1), what)];
  return single('System.Integer', (self, scope) => {
    const [first, second, unit] = [from(self, scope), to(self, scope), unitOf(self, scope)];
    if (first === undefined || second === undefined || unit === undefined) return undefined;
    const [a, b] = [systemValue(first, call.input.type), systemValue(second, other.type)];
    if (!(a instanceof Temporal) || !(b instanceof Temporal) || !isIntervalUnit(unit))
      throw new FhirPathEvaluationError(`${what} takes two dates or times and a unit`);
    return measure(a, b, unit);
  });
}
