import { decimalText } from '../../fhir/decimal.ts';
import type { Run } from '../plan/plan.ts';
import { holderOfCurrent } from '../run/current-value.ts';
import { report } from '../run/report.ts';
import { isLonger } from '../values/characters.ts';
import { choiceValue } from '../values/choice-value.ts';
import { compareToLimit } from '../values/compare.ts';
import { equals } from '../values/equal.ts';
import { elementNameOf, issuePlaceOf, printValue, type Rule, type RuleSource } from './rule.ts';

export function limitRules(source: RuleSource): Rule[] {
  const rules: Rule[] = [];
  for (const side of ['min', 'max'] as const) {
    const found = choiceValue(source.element, `${side}Value`);
    if (!found || (source.base && equals(choiceValue(source.base, `${side}Value`)?.value, found.value))) continue;
    const details = { element: elementNameOf(source), limit: printValue(found.value) };
    const place = issuePlaceOf(source);
    rules.push({
      description: `${side === 'min' ? '>=' : '<='} ${details.limit}`,
      check: (value, run) => {
        const order = compareToLimit(value, found.value, writtenNumber(value, run));
        if (order === undefined) {
          if (found.type === 'Quantity') report(run, 'units-not-comparable', details, place);
        } else if (side === 'min' ? order < 0 : order > 0)
          report(run, side === 'min' ? 'min-value' : 'max-value', details, place);
      },
    });
  }
  return rules;
}

/** The digits of the current number as written. */
function writtenNumber(value: unknown, run: Run): string | undefined {
  const at = typeof value === 'number' ? holderOfCurrent(run) : undefined;
  return at && decimalText(at.holder, at.key);
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
