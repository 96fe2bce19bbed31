import type { Run } from '../plan/plan.ts';
import { writtenNumber } from '../run/current-value.ts';
import { report } from '../run/report.ts';
import { type ChoiceValue, choiceValue, isSameChoice, isSameWritten } from '../values/choice-value.ts';
import { equals, patternTest } from '../values/equal.ts';
import { elementNameOf, issuePlaceOf, printValue, type Rule, type RuleSource } from './rule.ts';

export function fixedRule(source: RuleSource): Rule | undefined {
  const found = choiceValue(source.element, 'fixed');
  if (!found || (source.base && isSameChoice(choiceValue(source.base, 'fixed'), found))) return undefined;
  const details = { element: elementNameOf(source), fixed: printValue(found) };
  const place = issuePlaceOf(source);
  return {
    description: `= ${details.fixed}`,
    check: (value, run) => {
      if (!equals(value, found.value) || differsAsWritten(value, found, run))
        report(run, 'fixed-value', details, place);
    },
  };
}

/** Two decimals may be one double. */
const differsAsWritten = (value: unknown, { written }: ChoiceValue, run: Run): boolean =>
  written !== undefined && !isSameWritten(writtenNumber(value, run), written);

export function patternRule(source: RuleSource): Rule | undefined {
  const found = choiceValue(source.element, 'pattern');
  if (!found || (source.base && isSameChoice(choiceValue(source.base, 'pattern'), found))) return undefined;
  const details = { element: elementNameOf(source), pattern: printValue(found) };
  const place = issuePlaceOf(source);
  const matches = patternTest(found.value);
  return {
    description: `matches ${details.pattern}`,
    check: (value, run) => {
      if (!matches(value) || differsAsWritten(value, found, run)) report(run, 'pattern-value', details, place);
    },
  };
}
