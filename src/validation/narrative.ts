/** The narrative: XHTML as FHIR allows it (https://hl7.org/fhir/R4/narrative.html). */
import { type Run, report } from './run.ts';
import { elementName } from './type-plan.ts';
import { readXhtml } from './xhtml.ts';

export function checkNarrative(value: unknown, run: Run): void {
  if (typeof value !== 'string') {
    report(run, 'json-type', { element: elementName(run, 'xhtml'), type: 'xhtml', asked: '"<div ...>"' });
    return;
  }
  for (const problem of readXhtml(value).problems) report(run, 'narrative', { problem }, { constraint: 'txt-1' });
}
