/** Extensions (https://hl7.org/fhir/R4/extensibility.html): checked against their definition and its contexts. */
import { type Issue, issue, type Severity } from '../../fhir/issue.ts';
import type { Run } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';
import { checkType } from './check-type.ts';
import { isAllowedHere } from './extension-context.ts';
import { report, reportAgain } from './report.ts';

export function checkExtension(value: unknown, run: Run): void {
  checkType(run.context.plans.type('Extension'), value, run);
  if (!isObject(value) || typeof value.url !== 'string') return;
  const url = value.url;
  const host = run.segments[run.depth - 2];
  const modifier = run.segments[run.depth - 1]?.key === 'modifierExtension';
  // A part of a complex extension has a short name, defined with the whole.
  if (host?.type === 'Extension' && !url.includes(':')) return;
  const plan = run.context.plans.extension(url);
  if (!plan) {
    reportUnknownExtension(run, url, modifier, host?.type === 'Extension');
    return;
  }
  plan.profile.check(value, run);
  if (modifier !== plan.isModifier)
    report(run, 'extension-modifier-mismatch', {
      extension: url,
      asked: plan.isModifier ? 'modifierExtension' : 'extension',
    });
  for (const invariant of plan.invariants) invariant(value, run);
  if (plan.contexts.length > 0 && !isAllowedHere(run, plan))
    report(run, 'extension-context', {
      extension: url,
      contexts: plan.contexts.map(({ expression }) => expression).join(', '),
    });
}

const unknownIssue = (severity: Severity): Issue => issue('extension-not-loaded', {}, { expression: '', severity });
const unknownIssues = {
  information: unknownIssue('information'),
  warning: unknownIssue('warning'),
  error: unknownIssue('error'),
};

function reportUnknownExtension(run: Run, url: string, modifier: boolean, nested: boolean): void {
  if (modifier) {
    report(run, 'modifier-extension-not-loaded', {});
    return;
  }
  const { unknownExtensions } = run.context.policy;
  if (unknownExtensions === 'ignore' || (nested && unknownExtensions !== 'error')) return;
  // HL7 also publishes extensions separately from the releases of FHIR; that they are not loaded is no fault of the
  // sender.
  const severity = url.startsWith('http://hl7.org/fhir/') ? 'information' : unknownExtensions;
  reportAgain(run, unknownIssues[severity]);
}
