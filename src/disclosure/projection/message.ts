import type { Reference } from '@medplum/fhirtypes';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { type Elements, isType, type Resource } from '../../fhir/resource.ts';
import type { MessageName } from './file.ts';
import { isElements, type Permissions } from './filter.ts';
import type { MessageProjection, TypeProjection } from './projection.ts';
import { withoutReferences } from './references.ts';

const noPermissions: Permissions = {};

/** What a recipient may receive for one purpose, from its types. */
export function messageOf(
  name: MessageName,
  why: Bilingual,
  types: ReadonlyMap<string, TypeProjection>,
  within?: MessageProjection,
): MessageProjection {
  const project = (resource: Resource, permissions: Permissions = noPermissions): Resource | undefined => {
    const type = types.get(resource.resourceType);
    if (!type) return undefined;
    const nested = within?.project ?? project;
    const context = { permissions, resource };
    if (type.only && !type.only.condition(resource, context)) return undefined;
    if (!type.node || type.node.rest) {
      const passed = type.filter(resource, context) as Resource | undefined;
      return passed && withNested(passed, (it) => nested(it, permissions));
    }
    const passed = type.filter(resource, context) as Elements | undefined;
    return passed && ({ resourceType: resource.resourceType, ...passed } as unknown as Resource);
  };
  return { name, why, types, ...(within ? { within } : {}), project };
}

type Project = (resource: Resource) => Resource | undefined;

/** Resources within a resource are held to the same lines: contained ones, and those of a Bundle or Parameters. */
function withNested(resource: Resource, project: Project): Resource {
  let passed = withContained(resource, project);
  if (isType(passed, 'Bundle') && passed.entry) passed = withParts(passed, 'entry', project);
  if (isType(passed, 'Parameters') && passed.parameter) passed = withParts(passed, 'parameter', project);
  return passed;
}

function withContained(resource: Resource, project: Project): Resource {
  const { contained } = resource as { readonly contained?: readonly Resource[] };
  if (!contained) return resource;
  const passed = contained.map(project);
  if (passed.every((it, index) => it === contained[index])) return resource;
  const withheld = new Set(contained.flatMap(({ id }, index) => (passed[index] || !id ? [] : [`#${id}`])));
  const kept = passed.filter((it) => it !== undefined);
  const { contained: _, ...rest } = resource as Resource & { contained?: unknown };
  const whole = { ...rest, ...(kept.length ? { contained: kept } : {}) } as Resource;
  return withoutReferences(whole, ({ reference }: Reference) => reference !== undefined && withheld.has(reference));
}

/** Entries of a Bundle and parameters, with their parts. */
function withParts<T extends Resource>(resource: T, name: 'entry' | 'parameter' | 'part', project: Project): T {
  const list = (resource as unknown as Elements)[name];
  if (!Array.isArray(list)) return resource;
  const passed = list.flatMap((it): unknown[] => {
    if (!isElements(it)) return [it];
    const inner = withParts(it as unknown as Resource, 'part', project) as unknown as Elements;
    if (!isElements(inner.resource)) return [inner];
    const kept = project(inner.resource as unknown as Resource);
    return kept === undefined ? [] : [kept === (inner.resource as unknown) ? inner : { ...inner, resource: kept }];
  });
  const isSame = passed.length === list.length && passed.every((it, index) => it === list[index]);
  return isSame ? resource : ({ ...resource, [name]: passed } as T);
}
