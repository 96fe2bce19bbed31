import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { typeModel } from '../../fhir/model.ts';

const core = 'http://hl7.org/fhir/StructureDefinition/';

/** A canonical without its version. */
export const bareUrl = (canonical: string): string => canonical.replace(/\|.*$/, '');

/** Name of the first element: `Person` of `Person.name`. */
export const rootOf = ({ snapshot, differential, name }: StructureDefinition): string =>
  (snapshot ?? differential)?.element?.[0]?.path?.split('.')[0] ?? name ?? '';

/**
 * The elements of a logical model: those of its parent, changed by its own, then the elements that it adds. A constraint
 * adds none: what it says of a slice, or below an element with a data type, is for validation. The root comes first.
 */
export function elementsOf(
  definition: StructureDefinition,
  byUrl: ReadonlyMap<string, StructureDefinition>,
  above: readonly StructureDefinition[] = [],
): ElementDefinition[] {
  const stated = definition.snapshot?.element ?? definition.differential?.element ?? [];
  const own = stated.filter(({ id, sliceName }) => sliceName === undefined && !id?.includes(':'));
  const root = rootOf(definition);
  const parent = byUrl.get(bareUrl(definition.baseDefinition ?? ''));
  const known = parent && parent !== definition && !above.includes(parent) ? parent : undefined;
  const inherited = known
    ? elementsOf(known, byUrl, [...above, definition])
        .slice(1)
        .map(under(root, rootOf(known)))
    : coreElements(definition.baseDefinition ?? '', root);
  const merged = new Map(inherited.map((it) => [it.path ?? '', it]));
  const adds = definition.derivation !== 'constraint' || !known;
  for (const element of own.slice(1)) {
    const before = merged.get(element.path ?? '');
    if (before || adds) merged.set(element.path ?? '', { ...before, ...element });
  }
  const gone = [...merged.values()].filter(({ max }) => max === '0').map(({ path }) => path ?? '');
  const isGone = (path: string): boolean => gone.some((it) => path === it || path.startsWith(`${it}.`));
  return [...own.slice(0, 1), ...[...merged.values()].filter(({ path = '' }) => !isGone(path))];
}

/** The element of a parent with its root renamed. */
const under =
  (root: string, from: string) =>
  (it: ElementDefinition): ElementDefinition => ({
    ...it,
    path: root + (it.path ?? '').slice(from.length),
    ...(it.contentReference ? { contentReference: `#${it.contentReference.replace(/^.*#[^.]+/, root)}` } : {}),
  });

/** The elements that a model derived from a type of R4 itself inherits: `id` and `extension` of Element. */
function coreElements(base: string, root: string): ElementDefinition[] {
  const model = base.startsWith(core) ? typeModel(bareUrl(base.slice(core.length))) : undefined;
  return [...(model?.elements.values() ?? [])].map(
    ({ name, types, array, choice, attribute }) =>
      ({
        path: `${root}.${name}${choice ? '[x]' : ''}`,
        max: array ? '*' : '1',
        type: types.map((code) => ({ code })),
        ...(attribute ? { representation: ['xmlAttr'] } : {}),
      }) as ElementDefinition,
  );
}
