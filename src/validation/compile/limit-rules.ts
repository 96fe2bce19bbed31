import { compile } from '../../fhirpath/index.ts';
import type { Run } from '../plan/plan.ts';
import { writtenNumber } from '../run/current-value.ts';
import { environmentOf } from '../run/environment.ts';
import { report } from '../run/report.ts';
import { isLonger } from '../values/characters.ts';
import { choiceValue, isSameChoice } from '../values/choice-value.ts';
import { compareToLimit } from '../values/compare.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { elementNameOf, issuePlaceOf, printValue, type Rule, type RuleSource } from './rule.ts';

export function limitRules(source: RuleSource): Rule[] {
  const rules: Rule[] = [];
  for (const side of ['min', 'max'] as const) {
    const found = choiceValue(source.element, `${side}Value`);
    if (!found || (source.base && isSameChoice(choiceValue(source.base, `${side}Value`), found))) continue;
    const details = { element: elementNameOf(source), limit: printValue(found) };
    const place = issuePlaceOf(source);
    rules.push({
      description: `${side === 'min' ? '>=' : '<='} ${details.limit}`,
      check: (value, run, type) => {
        const limit = isRelative(value, found.value) ? relativeLimit(found.value, side, type, run) : found.value;
        if (limit === undefined) return;
        const order = compareToLimit(value, limit, writtenNumber(value, run), found.written);
        if (order === undefined) {
          if (quantities.has(found.type)) report(run, 'units-not-comparable', details, place);
        } else if (side === 'min' ? order < 0 : order > 0)
          report(run, side === 'min' ? 'min-value' : 'max-value', details, place);
      },
    });
  }
  return rules;
}

const quantities: ReadonlySet<string> = new Set(['Quantity', 'Duration', 'Age', 'Count', 'Distance', 'Money']);

const isRelative = (value: unknown, limit: unknown): limit is JsonObject =>
  typeof value === 'string' && isObject(limit);

/** The units of UCUM as FHIRPath names durations of the calendar. */
const calendar: Readonly<Record<string, string>> = {
  a: 'years',
  mo: 'months',
  wk: 'weeks',
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
};

/**
 * The limit of a date or time given as a duration: before the current time for a minimum, after it for a maximum
 * (https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.minValue_x_). Undefined, and reported as
 * undecided, without a clock or a known unit.
 */
function relativeLimit(limit: JsonObject, side: 'min' | 'max', type: string, run: Run): string | undefined {
  const unit = calendar[String(limit.code ?? limit.unit)];
  const isUsable = unit !== undefined && typeof limit.value === 'number' && limit.value >= 0;
  try {
    if (isUsable) {
      const expression = `now() ${side === 'min' ? '-' : '+'} ${limit.value} ${unit}`;
      const text = String(compile(expression)(undefined, environmentOf(run))[0]);
      return type === 'date' ? text.slice(0, 10) : text;
    }
  } catch {
    // Without a clock; reported below.
  }
  if (run.silent === 0)
    report(run, 'invariant-undecided', {
      key: `${side}Value`,
      problem: isUsable ? 'it depends on the current time, and the validator has no clock' : 'its unit is no duration',
    });
  return undefined;
}

export function lengthRule(source: RuleSource): Rule | undefined {
  const { maxLength } = source.element;
  if (maxLength === undefined || source.base?.maxLength === maxLength) return undefined;
  const details = { element: elementNameOf(source), limit: maxLength };
  const place = issuePlaceOf(source);
  return {
    description: `at most ${maxLength} characters`,
    check: (value, run) => {
      if (typeof value === 'string' && isLonger(value, maxLength)) report(run, 'too-long', details, place);
    },
  };
}
