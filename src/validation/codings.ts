/** Codes by themselves, whatever value set they are bound to: known in their system, under their own name, a unit of UCUM. */
import { parseUnit } from '../fhirpath/index.ts';
import { checkDisplay } from './displays.ts';
import type { Obj } from './equal.ts';
import { type Run, report } from './run.ts';

const ucum = 'http://unitsofmeasure.org';

/** Only warns: a newer release of a code system may have codes, and a translation displays, that the one loaded has not. */
export function checkCoding(coding: Obj, run: Run): void {
  const { system, code } = coding;
  if (typeof system !== 'string' || typeof code !== 'string') return;
  const codes = run.knowledge.terminology.codes(system);
  if (codes?.has(code) === false) report(run, 'code-unknown', { system });
  else if (codes) checkDisplay(coding, run, 'information');
  else if (system === ucum) checkUnit(coding, run);
}

/** Of a Quantity, or of a Coding of the system UCUM. */
export function checkUnit({ system, code }: Obj, run: Run): void {
  if (system === ucum && typeof code === 'string' && parseUnit(code) === undefined)
    report(run, 'ucum-code-invalid', {});
}
