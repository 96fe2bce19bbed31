/** Where a reference leads: to a contained resource, to an entry of the Bundle around it, or outside. */
import type { Bundle } from '@medplum/fhirtypes';
import { type BundleIndex, bundleIndex } from '../../fhir/bundle.ts';
import { parseReference } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Frame, Target } from '../plan/frame.ts';
import type { Run } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';
import { containedIds } from './contained-resources.ts';
import { bundleAround } from './frame.ts';
import { noted } from './once-per-run.ts';

const indexOf = (run: Run, bundle: Frame): BundleIndex =>
  noted(run, bundle.resource, 'index', () => bundleIndex(sound(bundle.resource as Bundle)));

/** Only what can be indexed; what is wrong with the rest is told elsewhere. */
function sound(bundle: Bundle): Bundle {
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

/** Where the literal reference leads from the resource that the run is in. */
export function targetOf(run: Run, reference: string): Target {
  const { reached, frame } = run;
  if (reached && reached.frame === frame && reached.text === reference) return reached.target;
  const target = find(run, reference);
  run.reached = { frame, text: reference, target };
  return target;
}

function find(run: Run, reference: string): Target {
  const parsed = parseReference(reference);
  if (parsed.kind === 'local') {
    const resource = parsed.id === '' ? run.frame.root : containedIds(run).get(parsed.id);
    if (!resource) return { type: undefined, where: 'contained', form: 'local' };
    const { root, fullUrl, depth } = run.frame;
    const frame: Frame = { resource, root, parent: run.frame, fullUrl, depth };
    return { type: resource.resourceType, resource, frame, where: 'contained', form: 'local' };
  }
  const told = 'type' in parsed ? parsed.type : undefined;
  if (!run.frame.parent) return { type: told, where: 'outside', form: parsed.kind };
  const around = bundleAround(run.frame);
  const found = around && indexOf(run, around.bundle).resolve(reference, around.entry.fullUrl);
  if (!around || !found) return { type: told, where: 'outside', form: parsed.kind };
  const { resource, fullUrl } = found.entry;
  const frame: Frame = { resource, root: resource, parent: around.bundle, fullUrl, depth: run.depth };
  return {
    type: resource.resourceType,
    resource,
    frame,
    where: 'bundled',
    form: parsed.kind,
    ambiguous: found.ambiguous,
  };
}
