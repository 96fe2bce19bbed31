/** Resolves a reference: to a contained resource, an entry of the enclosing Bundle, or outside. */
import type { Bundle } from '@medplum/fhirtypes';
import { type BundleIndex, bundleIndex } from '../../fhir/bundle.ts';
import { parseReference } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Frame, ReferenceTarget } from '../plan/frame.ts';
import type { Run } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';
import { containedById } from './contained-resources.ts';
import { enclosingBundle } from './frame.ts';
import { oncePerRun } from './once-per-run.ts';

const bundleIndexOf = (run: Run, bundle: Frame): BundleIndex =>
  oncePerRun(run, bundle.resource, 'index', () => bundleIndex(indexable(bundle.resource as Bundle)));

/** Only the entries that can be indexed; other rules report what is wrong with the rest. */
function indexable(bundle: Bundle): Bundle {
  const entries: unknown = bundle.entry;
  return {
    resourceType: 'Bundle',
    type: bundle.type,
    entry: (Array.isArray(entries) ? entries : []).map((it: unknown) => {
      if (!isObject(it)) return {};
      const resource = isObject(it.resource) && typeof it.resource.resourceType === 'string' ? it.resource : undefined;
      return {
        ...(typeof it.fullUrl === 'string' ? { fullUrl: it.fullUrl } : {}),
        ...(resource ? { resource: resource as unknown as Resource } : {}),
      };
    }),
  } as Bundle;
}

/** The target of a literal reference, seen from the resource of `frame`: by default the one that the run is in. */
export function referenceTarget(run: Run, reference: string, frame: Frame = run.frame): ReferenceTarget {
  const { lastReference } = run;
  if (lastReference && lastReference.frame === frame && lastReference.reference === reference)
    return lastReference.target;
  const target = resolve(run, reference, frame);
  run.lastReference = { frame, reference, target };
  return target;
}

function resolve(run: Run, reference: string, from: Frame): ReferenceTarget {
  const parsed = parseReference(reference);
  if (parsed.kind === 'local') {
    const resource = parsed.id === '' ? from.root : containedById(run, from.root).get(parsed.id);
    if (!resource) return { type: undefined, where: 'contained', form: 'local' };
    const { root, fullUrl, depth } = from;
    const frame: Frame = { resource, root, parent: from, fullUrl, depth };
    return { type: resource.resourceType, resource, frame, where: 'contained', form: 'local' };
  }
  const type = 'type' in parsed ? parsed.type : undefined;
  const around = enclosingBundle(from);
  const found = around && bundleIndexOf(run, around.bundle).resolve(reference, around.entry?.fullUrl, parsed);
  if (!around || !found) return { type, where: 'outside', form: parsed.kind };
  const { resource, fullUrl } = found.entry;
  const frame: Frame = { resource, root: resource, parent: around.bundle, fullUrl, depth: run.depth };
  return {
    type: resource.resourceType,
    resource,
    frame,
    where: 'bundled',
    form: parsed.kind,
    ambiguous: found.ambiguous,
    byIdOnly: found.by === 'id' && !('version' in parsed),
  };
}
