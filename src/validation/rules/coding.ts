/** Codes regardless of bindings: they exist in their system, with the right display, or are a unit of UCUM. */
import { parseUnit } from '../../fhirpath/index.ts';
import type { Run } from '../plan/plan.ts';
import { checkDisplay } from '../run/display.ts';
import { report } from '../run/report.ts';
import type { JsonObject } from '../values/object.ts';

const ucum = 'http://unitsofmeasure.org';

/** Only warnings: a newer release of the code system may have further codes, and a translation further displays. */
export function checkCoding(coding: JsonObject, run: Run): void {
  const { system, code } = coding;
  if (typeof system !== 'string' || typeof code !== 'string') return;
  if (system === ucum) {
    checkUnit(coding, run);
    return;
  }
  const codes = run.context.terminology.codes(system);
  if (codes?.has(code) === false) report(run, 'code-unknown', { system });
  else if (codes) checkDisplay(coding, run, 'information');
}

/** The unit of a Quantity, or a Coding with the system UCUM. */
export function checkUnit({ system, code }: JsonObject, run: Run): void {
  if (system === ucum && typeof code === 'string' && parseUnit(code) === undefined)
    report(run, 'ucum-code-invalid', {});
}
