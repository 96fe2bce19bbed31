import type { Bundle, BundleEntry, Reference } from '@medplum/fhirtypes';
import type { Resource } from '../../fhir/resource.ts';
import type { Judged } from '../evidence/evidence.ts';
import type { Permissions } from './filter.ts';
import type { MessageProjection } from './projection.ts';
import { withoutReferences } from './references.ts';

export type ProjectedBundle = {
  readonly bundle: Bundle;
  /** Resources of the Bundle, before they were reduced, of which at least a part goes out. */
  readonly disclosed: ReadonlySet<Resource>;
  /** By which lines each was reduced. */
  readonly judged: readonly Judged[];
};

/** A resource by other lines than those of its message. */
export type Reduced = { readonly resource: Resource; readonly by: MessageProjection };

/**
 * A Bundle as the recipient may receive it. Resources without a line are withheld, and no reference of another leads to
 * them. `reduced` replaces the projection of a resource. The same resources where nothing is withheld.
 */
export function projectedBundle(
  bundle: Bundle,
  projection: MessageProjection,
  permissions: Permissions = {},
  reduced: (resource: Resource) => Reduced | undefined = () => undefined,
): ProjectedBundle {
  const disclosed = new Set<Resource>();
  const judged: { -readonly [K in keyof Judged]: Judged[K] }[] = [];
  const withheld = new Set<string>();
  const entries = (bundle.entry ?? []).flatMap((entry): BundleEntry[] => {
    const { resource, fullUrl } = entry;
    if (!resource) return [];
    const projected = projection.project(resource, permissions);
    const other = projected && reduced(resource);
    const passed = other?.resource ?? projected;
    judged.push({ source: resource, output: passed, by: other?.by ?? projection, permissions });
    if (!passed) {
      if (fullUrl) withheld.add(fullUrl);
      if (resource.id) withheld.add(`${resource.resourceType}/${resource.id}`);
      return [];
    }
    disclosed.add(resource);
    return [passed === resource ? entry : { ...entry, resource: passed as NonNullable<typeof resource> }];
  });
  if (withheld.size === 0) return { bundle: { ...bundle, entry: entries }, disclosed, judged };
  const isWithheld = ({ reference = '' }: Reference): boolean => {
    const [address = ''] = reference.split('/_history/');
    return withheld.has(address) || withheld.has(address.split('/').slice(-2).join('/'));
  };
  const without = new Map<Resource, Resource>();
  const entry = entries.map((it) => {
    if (!it.resource) return it;
    const resource = withoutReferences(it.resource, isWithheld);
    without.set(it.resource, resource);
    return { ...it, resource };
  });
  for (const it of judged) if (it.output) it.output = without.get(it.output) ?? it.output;
  return { bundle: { ...bundle, entry }, disclosed, judged };
}
