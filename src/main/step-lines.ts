import { styleText } from 'node:util';
import { isOutgoing, type Step } from '../exchange/pipeline/step.ts';
import type { Issue } from '../fhir/issue.ts';
import { isError } from '../fhir/issue.ts';

/** A step as lines for a person: its outcome, its result in words, and its errors and warnings. */
export function stepLines({ step, refused, says, issues }: Step, language: 'en' | 'nl'): string[] {
  const shown = issues.filter((it) => isError(it) || (it.severity === 'warning' && !isOutgoing(step)));
  const mark = refused ? styleText('red', '✗') : shown.length ? styleText('yellow', '!') : styleText('green', '✓');
  return [
    `${mark} ${step.padEnd(26)} ${says?.[language] ?? ''}`.trimEnd(),
    ...shown.map((it) => issueLine(it, language)),
  ];
}

function issueLine(it: Issue, language: 'en' | 'nl'): string {
  const line = it.line === undefined ? '' : `, ${language === 'en' ? 'line' : 'regel'} ${it.line}`;
  const place = it.expression ? ` (${it.expression}${line})` : '';
  const severity = styleText(isError(it) ? 'red' : 'yellow', it.severity);
  return `    ${severity} ${it.rule}: ${language === 'en' ? it.message : it.dutch}${place}`;
}
