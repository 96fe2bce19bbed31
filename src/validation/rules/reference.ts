import { typeModel } from '../../fhir/model.ts';
import { isType } from '../../fhir/resource.ts';
import type { Run } from '../plan/plan.ts';
import { enclosingBundle } from '../run/frame.ts';
import { referenceTarget } from '../run/reference-target.ts';
import { report } from '../run/report.ts';
import { isObject } from '../values/object.ts';

const looksRestful = /^https?:\/\/[^?#|]+\/[A-Z][A-Za-z]*\/[A-Za-z0-9.-]{1,64}$/;

/** Rules of every Reference, whatever its element: form, type, and targets inside the same Bundle or resource. */
export function checkReference(value: unknown, run: Run): void {
  if (!isObject(value) || typeof value.reference !== 'string') return;
  const text = value.reference;
  const target = referenceTarget(run, text);
  if (target.form === 'invalid') {
    report(run, 'reference-format', {});
    return;
  }
  if (target.form === 'url') {
    if (run.context.policy.restfulReferences && looksRestful.test(text)) report(run, 'reference-format', {});
    return;
  }
  if (target.form === 'urn' && !target.resource) reportUnresolved(run);
  if (target.ambiguous) report(run, 'reference-ambiguous', {});
  const declared = value.type;
  if (target.type !== undefined && typeof declared === 'string' && typeModel(declared) && declared !== target.type)
    report(run, 'reference-type-mismatch', { type: declared, found: target.type });
}

/**
 * A urn is not an address: it resolves within the same Bundle or not at all. A document must contain its targets
 * (https://hl7.org/fhir/R4/documents.html#bundle); elsewhere the receiver may already have them.
 */
function reportUnresolved(run: Run): void {
  const around = enclosingBundle(run.frame);
  if (!around) return;
  const isDocument = isType(around.bundle.resource, 'Bundle') && around.bundle.resource.type === 'document';
  report(run, 'reference-unresolved', { holder: 'Bundle' }, { severity: isDocument ? 'error' : 'warning' });
}
