import { typeModel } from '../../fhir/model.ts';
import { isType } from '../../fhir/resource.ts';
import type { Run } from '../plan/plan.ts';
import { bundleAround } from '../run/frame.ts';
import { targetOf } from '../run/reference-target.ts';
import { report } from '../run/report.ts';
import { isObject } from '../values/object.ts';

const looksRestful = /^https?:\/\/[^?#|]+\/[A-Z][A-Za-z]*\/[A-Za-z0-9.-]{1,64}$/;

/** For every Reference, whatever its element asks: form, type, and that it leads somewhere inside what holds it. */
export function checkReference(value: unknown, run: Run): void {
  if (!isObject(value) || typeof value.reference !== 'string') return;
  const text = value.reference;
  const target = targetOf(run, text);
  if (target.form === 'invalid') {
    report(run, 'reference-form', {});
    return;
  }
  if (target.form === 'url') {
    if (run.context.policy.restfulReferences && looksRestful.test(text)) report(run, 'reference-form', {});
    return;
  }
  if (target.form === 'urn' && !target.resource) unresolved(run);
  if (target.ambiguous) report(run, 'reference-ambiguous', {});
  const told = value.type;
  if (target.type !== undefined && typeof told === 'string' && typeModel(told) && told !== target.type)
    report(run, 'reference-type-differs', { type: told, found: target.type });
}

/**
 * A urn is no address: it leads to an entry of the same Bundle or nowhere. A document must hold what it refers to
 * (https://hl7.org/fhir/R4/documents.html#bundle); elsewhere the rest may be with the receiver already.
 */
function unresolved(run: Run): void {
  const around = bundleAround(run.frame);
  if (!around) return;
  const isDocument = isType(around.bundle.resource, 'Bundle') && around.bundle.resource.type === 'document';
  report(run, 'reference-unresolved', { holder: 'Bundle' }, { severity: isDocument ? 'error' : 'warning' });
}
