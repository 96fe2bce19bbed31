/** Where a reference leads: to a contained resource, to an entry of the Bundle around it, or outside. */
import type { Bundle } from '@medplum/fhirtypes';
import { type BundleIndex, bundleIndex } from '../../fhir/bundle.ts';
import { type ParsedReference, parseReference } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import { isObject, type Obj } from '../values/equal.ts';
import { type Frame, noted, type Run } from './run.ts';

export type Target = {
  /** As far as the text tells, or the resource itself. */
  readonly type: string | undefined;
  readonly resource?: Resource;
  readonly frame?: Frame;
  readonly where: 'contained' | 'bundled' | 'outside';
  readonly form: ParsedReference['kind'];
  readonly ambiguous?: boolean;
};

export const containedIds = (run: Run): ReadonlyMap<string, Resource> =>
  noted(run, run.frame.root, 'contained', () => {
    const all = (run.frame.root as unknown as Obj).contained;
    const found = (Array.isArray(all) ? all : []).filter(isObject) as unknown as Resource[];
    return new Map(found.flatMap((it) => (typeof it.id === 'string' ? [[it.id, it] as const] : [])));
  });

/** The Bundle around a frame, with the frame of its entry. */
export function bundleAround(frame: Frame): { readonly bundle: Frame; readonly entry: Frame } | undefined {
  for (let it: Frame = frame; it.parent; it = it.parent)
    if (it.parent.resource.resourceType === 'Bundle') return { bundle: it.parent, entry: it };
  return undefined;
}

export const indexOf = (run: Run, bundle: Frame): BundleIndex =>
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

/** Runs a check as if the run were in that resource. */
export function within(run: Run, frame: Frame, check: () => void): void {
  const before = run.frame;
  run.frame = frame;
  check();
  run.frame = before;
}
