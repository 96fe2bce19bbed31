import { styleText } from 'node:util';
import { isOutgoing, type Step } from '../exchange/pipeline/step.ts';
import type { Issue } from '../fhir/issue.ts';
import { isError } from '../fhir/issue.ts';

/** A step as a person reads it: how it went, what it found, and what it has to say about the message. */
export function stepLines({ step, refused, says, issues }: Step, language: 'en' | 'nl'): string[] {
  const told = issues.filter((it) => isError(it) || (it.severity === 'warning' && !isOutgoing(step)));
  const mark = refused ? styleText('red', '✗') : told.length ? styleText('yellow', '!') : styleText('green', '✓');
  return [
    `${mark} ${step.padEnd(26)} ${says?.[language] ?? ''}`.trimEnd(),
    ...told.map((it) => issueLine(it, language)),
  ];
}

function issueLine(it: Issue, language: 'en' | 'nl'): string {
  const line = it.line === undefined ? '' : `, ${language === 'en' ? 'line' : 'regel'} ${it.line}`;
  const place = it.expression ? ` (${it.expression}${line})` : '';
  const severity = styleText(isError(it) ? 'red' : 'yellow', it.severity);
  return `    ${severity} ${it.rule}: ${language === 'en' ? it.message : it.dutch}${place}`;
}
