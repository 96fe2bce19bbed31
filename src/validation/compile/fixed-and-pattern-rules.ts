import { report } from '../run/report.ts';
import { choiceOf } from '../values/choice-value.ts';
import { equals, holds } from '../values/equal.ts';
import { type Ask, nameOf, placeOf, type Rule, told } from './rule.ts';

export function fixed(ask: Ask): Rule | undefined {
  const found = choiceOf(ask.element, 'fixed');
  if (!found || (ask.base && equals(choiceOf(ask.base, 'fixed')?.value, found.value))) return undefined;
  const details = { element: nameOf(ask), fixed: told(found.value) };
  const place = placeOf(ask);
  return {
    says: `= ${details.fixed}`,
    check: (value, run) => {
      if (!equals(value, found.value)) report(run, 'fixed-value', details, place);
    },
  };
}

export function pattern(ask: Ask): Rule | undefined {
  const found = choiceOf(ask.element, 'pattern');
  if (!found || (ask.base && equals(choiceOf(ask.base, 'pattern')?.value, found.value))) return undefined;
  const details = { element: nameOf(ask), pattern: told(found.value) };
  const place = placeOf(ask);
  return {
    says: `holds ${details.pattern}`,
    check: (value, run) => {
      if (!holds(value, found.value)) report(run, 'pattern-value', details, place);
    },
  };
}
