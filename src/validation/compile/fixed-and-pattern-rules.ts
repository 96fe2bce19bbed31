import { decimalText } from '../../fhir/decimal.ts';
import type { Run } from '../plan/plan.ts';
import { holderOfCurrent } from '../run/current-value.ts';
import { report } from '../run/report.ts';
import { choiceValue } from '../values/choice-value.ts';
import { compareDecimalTexts } from '../values/decimals.ts';
import { equals, patternTest } from '../values/equal.ts';
import { elementNameOf, issuePlaceOf, printValue, type Rule, type RuleSource } from './rule.ts';

export function fixedRule(source: RuleSource): Rule | undefined {
  const found = choiceValue(source.element, 'fixed');
  if (!found || (source.base && equals(choiceValue(source.base, 'fixed')?.value, found.value))) return undefined;
  const details = { element: elementNameOf(source), fixed: printValue(found.value) };
  const place = issuePlaceOf(source);
  return {
    description: `= ${details.fixed}`,
    check: (value, run) => {
      if (!equals(value, found.value) || differsAsWritten(value, found.value, run))
        report(run, 'fixed-value', details, place);
    },
  };
}

/** Two decimals may be one double. */
function differsAsWritten(value: unknown, fixed: unknown, run: Run): boolean {
  const at = typeof value === 'number' ? holderOfCurrent(run) : undefined;
  const written = at && decimalText(at.holder, at.key);
  return written !== undefined && compareDecimalTexts(written, String(fixed)) !== 0;
}

export function patternRule(source: RuleSource): Rule | undefined {
  const found = choiceValue(source.element, 'pattern');
  if (!found || (source.base && equals(choiceValue(source.base, 'pattern')?.value, found.value))) return undefined;
  const details = { element: elementNameOf(source), pattern: printValue(found.value) };
  const place = issuePlaceOf(source);
  const matches = patternTest(found.value);
  return {
    description: `matches ${details.pattern}`,
    check: (value, run) => {
      if (!matches(value) || differsAsWritten(value, found.value, run)) report(run, 'pattern-value', details, place);
    },
  };
}
