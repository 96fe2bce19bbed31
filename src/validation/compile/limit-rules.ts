import { report } from '../run/report.ts';
import { choiceOf } from '../values/choice-value.ts';
import { compareToLimit } from '../values/compare.ts';
import { equals } from '../values/equal.ts';
import { type Ask, nameOf, placeOf, type Rule, told } from './rule.ts';

export function limits(ask: Ask): Rule[] {
  const rules: Rule[] = [];
  for (const side of ['min', 'max'] as const) {
    const found = choiceOf(ask.element, `${side}Value`);
    if (!found || (ask.base && equals(choiceOf(ask.base, `${side}Value`)?.value, found.value))) continue;
    const details = { element: nameOf(ask), limit: told(found.value) };
    const place = placeOf(ask);
    rules.push({
      says: `${side === 'min' ? '>=' : '<='} ${details.limit}`,
      check: (value, run) => {
        const order = compareToLimit(value, found.value);
        if (order === undefined) {
          if (found.type === 'Quantity') report(run, 'units-not-comparable', details, place);
        } else if (side === 'min' ? order < 0 : order > 0)
          report(run, side === 'min' ? 'min-value' : 'max-value', details, place);
      },
    });
  }
  return rules;
}

export function length(ask: Ask): Rule | undefined {
  const { maxLength } = ask.element;
  if (maxLength === undefined || ask.base?.maxLength === maxLength) return undefined;
  const details = { element: nameOf(ask), limit: maxLength };
  const place = placeOf(ask);
  return {
    says: `at most ${maxLength} characters`,
    check: (value, run) => {
      if (typeof value === 'string' && value.length > maxLength) report(run, 'too-long', details, place);
    },
  };
}
