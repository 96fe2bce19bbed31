/** The display of a coding is one of those that its code system gives it (https://hl7.org/fhir/R4/datatypes.html#Coding). */
import type { Obj } from './equal.ts';
import { type Run, report } from './run.ts';

/** Only where the code system is here; letter case and white space do not count. */
export function checkDisplay({ system, code, display }: Obj, run: Run, severity: 'error' | 'information'): void {
  if (typeof system !== 'string' || typeof code !== 'string' || typeof display !== 'string') return;
  const concept = run.knowledge.terminology.codes(system)?.concept(code);
  if (concept?.display === undefined || concept.display === display) return;
  const shown = fold(display);
  if (![concept.display, ...concept.names].some((it) => fold(it) === shown))
    report(run, 'display-mismatch', { system }, { severity });
}

const fold = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, ' ');
