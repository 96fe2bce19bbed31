import { styleText } from 'node:util';
import type { Issue } from '../fhir/issue.ts';

const colours = { fatal: 'red', error: 'red', warning: 'yellow', information: 'cyan' } as const;

/** Findings as a compiler prints them: file, line, column, severity, code, text, then where in FHIRPath. */
export function printIssues(path: string, issues: readonly Issue[], language: 'en' | 'nl' = 'en'): string[] {
  return [...issues].sort(bySeverity).map((it) => {
    const severity = styleText(colours[it.severity], it.severity);
    const where = [it.expression, it.element && `element ${it.element}`, it.profile && `profile ${it.profile}`].filter(
      Boolean,
    );
    const message = language === 'nl' ? it.dutch : it.message;
    // A finding on a configuration starts with its file: editors expect that before the line.
    const [, file = path, text = message] = /^(\S+\.(?:ya?ml|json|fml)): (.*)$/s.exec(message) ?? [];
    const place = it.line === undefined ? file : `${file}:${it.line}:${it.column ?? 1}`;
    return `  ${place}: ${severity} ${it.rule}: ${text}${where.length ? `\n      at ${where.join(', ')}` : ''}`;
  });
}

const severityOrder = { fatal: 0, error: 0, warning: 1, information: 2 } as const;

/** The most severe first; of the same severity, from top to bottom. */
const bySeverity = (one: Issue, other: Issue): number =>
  severityOrder[one.severity] - severityOrder[other.severity] || (one.line ?? 0) - (other.line ?? 0);
