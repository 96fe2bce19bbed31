import { typeModel } from '../../fhir/model.ts';
import { parseReference } from '../../fhir/reference.ts';
import { isType } from '../../fhir/resource.ts';
import type { Frame } from '../plan/frame.ts';
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
    if (!target.resource) checkInDocument(run);
    return;
  }
  if (target.form === 'urn' && !target.resource) reportUnresolved(run);
  else if (target.form === 'relative' && isBelowUrn(run)) report(run, 'reference-relative-to-urn', {});
  else if ((!target.resource || target.byIdOnly) && target.where !== 'contained') checkInDocument(run);
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
  if (!enclosingBundle(run.frame)) return;
  report(run, 'reference-unresolved', { holder: 'Bundle' }, { severity: documentAround(run) ? 'error' : 'warning' });
}

/** The frame of the entry, when it is one of a document. */
function documentAround(run: Run): Frame | undefined {
  const around = enclosingBundle(run.frame);
  const isDocument = around && isType(around.bundle.resource, 'Bundle') && around.bundle.resource.type === 'document';
  return isDocument ? (around.entry ?? around.bundle) : undefined;
}

/** A relative reference is resolved from a RESTful fullUrl only (https://hl7.org/fhir/R4/bundle.html#references). */
function isBelowUrn(run: Run): boolean {
  const entry = documentAround(run);
  return entry !== undefined && parseReference(entry.fullUrl ?? '').kind !== 'absolute';
}

/** The references of a Composition whose targets the document contains (https://hl7.org/fhir/R4/documents.html#bundle). */
const required: ReadonlySet<string> = new Set(
  'subject encounter author attester.party custodian event.detail section.author section.focus section.entry'
    .split(' ')
    .map((path) => `Composition.${path}`),
);

function checkInDocument(run: Run): void {
  if (run.frame.resource.resourceType !== 'Composition') return;
  if (required.has(run.segments[run.depth - 1]?.path ?? '') && documentAround(run))
    report(run, 'reference-unresolved', { holder: 'Bundle' });
}
