/** The display of a coding must be one that its code system defines (https://hl7.org/fhir/R4/datatypes.html#Coding). */
import type { Run } from '../plan/plan.ts';
import type { JsonObject } from '../values/object.ts';
import { report } from './report.ts';

/** Only for loaded code systems; letter case and white space are ignored. */
export function checkDisplay({ system, code, display }: JsonObject, run: Run, severity: 'error' | 'information'): void {
  if (typeof system !== 'string' || typeof code !== 'string' || typeof display !== 'string') return;
  const concept = run.context.terminology.codes(system)?.concept(code);
  if (concept?.display === undefined || concept.display === display) return;
  const folded = fold(display);
  if (![concept.display, ...concept.names].some((it) => fold(it) === folded))
    report(run, 'display-mismatch', { system }, { severity });
}

const fold = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, ' ');
