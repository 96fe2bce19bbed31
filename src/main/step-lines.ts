import { styleText } from 'node:util';
import type { Step } from '../exchange/way.ts';
import { printIssues } from './print-issues.ts';

/** A step as a person reads it: how it went, what it found, and what it has to say about the message. */
export function stepLines({ step, refused, says, issues }: Step, language: 'en' | 'nl'): string[] {
  const told = issues.filter(({ severity }) => severity !== 'information');
  const mark = refused ? styleText('red', '✗') : told.length ? styleText('yellow', '!') : styleText('green', '✓');
  return [
    `${mark} ${step.padEnd(26)} ${says?.[language] ?? ''}`.trimEnd(),
    ...printIssues('    message', told, language),
  ];
}
