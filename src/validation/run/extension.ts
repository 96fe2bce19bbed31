/** Extensions: held against their definition, at a place where it allows them (https://hl7.org/fhir/R4/extensibility.html). */
import { type Issue, issue, type Severity } from '../../fhir/issue.ts';
import type { Run } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';
import { checkType } from './check-type.ts';
import { isAllowed } from './extension-context.ts';
import { report, reportAgain } from './report.ts';

export function checkExtension(value: unknown, run: Run): void {
  checkType(run.context.plans.type('Extension'), value, run);
  if (!isObject(value) || typeof value.url !== 'string') return;
  const url = value.url;
  const host = run.way[run.depth - 2];
  const modifier = run.way[run.depth - 1]?.key === 'modifierExtension';
  // A part of a complex extension has a short name; the definition of the whole says what it is.
  if (host?.type === 'Extension' && !url.includes(':')) return;
  const plan = run.context.plans.extension(url);
  if (!plan) {
    unknown(run, url, modifier, host?.type === 'Extension');
    return;
  }
  plan.profile.check(value, run);
  if (modifier !== plan.modifier)
    report(run, 'extension-modifier', { extension: url, asked: plan.modifier ? 'modifierExtension' : 'extension' });
  if (plan.contexts.length > 0 && !isAllowed(run, plan))
    report(run, 'extension-context', {
      extension: url,
      contexts: plan.contexts.map(({ expression }) => expression).join(', '),
    });
}

const unknownOf = (severity: Severity): Issue => issue('extension-unknown', {}, { expression: '', severity });
const unknownFindings = {
  information: unknownOf('information'),
  warning: unknownOf('warning'),
  error: unknownOf('error'),
};

function unknown(run: Run, url: string, modifier: boolean, nested: boolean): void {
  if (modifier) {
    report(run, 'modifier-extension-unknown', {});
    return;
  }
  const { unknownExtensions } = run.context.policy;
  if (unknownExtensions === 'ignore' || (nested && unknownExtensions !== 'error')) return;
  // HL7 publishes extensions in its own namespace apart from the releases of FHIR; not to have them is no fault of the sender.
  const severity = url.startsWith('http://hl7.org/fhir/') ? 'information' : unknownExtensions;
  reportAgain(run, unknownFindings[severity]);
}
