import { type TypeModel, typeModel } from './model.ts';
import type { Elements, Resource } from './resource.ts';

/** A part of a resource (https://hl7.org/fhir/R4/search.html#summary). `elements`: names of top-level elements. */
export type Subset =
  | { readonly by: 'summary'; readonly summary: 'true' | 'text' | 'data' }
  | { readonly by: 'elements'; readonly elements: readonly string[] };

const tag = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' } as const;

/** Whether a resource is a part of another one: as an update it would remove the rest. */
export const isSubsetted = ({ meta }: Resource): boolean =>
  Array.isArray(meta?.tag) && meta.tag.some((it) => it?.system === tag.system && it.code === tag.code);

/**
 * The resource reduced to a subset, with its mandatory elements, modifiers of its meaning and the tag SUBSETTED. Of a
 * Bundle or an OperationOutcome nothing is removed.
 */
export function subsetOf(resource: Resource, subset: Subset): Resource {
  const model = typeModel(resource.resourceType);
  if (!model || ['Bundle', 'OperationOutcome', 'Parameters'].includes(resource.resourceType)) return resource;
  const isPart = partOf(subset);
  const kept = Object.entries(resource).filter(([key]) => isAlways(key) || isPart(model, key.replace(/^_/, '')));
  const { meta, ...rest } = Object.fromEntries(kept) as unknown as Elements & Pick<Resource, 'meta'>;
  return { ...rest, meta: { ...meta, tag: [...(meta?.tag ?? []), tag] } } as unknown as Resource;
}

const isAlways = (key: string): boolean =>
  ['resourceType', 'id', 'meta', 'implicitRules', 'modifierExtension'].includes(key);

const partOf =
  (subset: Subset) =>
  (model: TypeModel, key: string): boolean => {
    const element = model.properties.get(key)?.element;
    if (subset.by === 'elements') return element?.mandatory || subset.elements.includes(element?.name ?? key);
    if (subset.summary === 'data') return key !== 'text';
    if (element?.mandatory) return true;
    return subset.summary === 'text' ? key === 'text' : element?.summary === true;
  };
