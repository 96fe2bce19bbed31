import type { Partner } from '../directory/index.ts';
import type { Reading } from '../exchange/memory/as-seen.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import { localReference } from '../fhir/local-reference.ts';
import { parseReference } from '../fhir/reference.ts';
import type { Elements, Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { elementsAt } from '../store/search-index.ts';
import { parametersOf } from '../store/search-parameters.ts';
import { currentOf } from './directory.ts';
import { type Inclusion, inclusionName, inclusionsFrom, inclusionsTo } from './interactions.ts';

export type RequestedInclusions = {
  readonly include: readonly Inclusion[];
  readonly revinclude: readonly Inclusion[];
};

/** `Task:focus`, `Task:focus:ServiceRequest`, `Task:*` or `*`. Issue: `search-include-unsupported`. */
export function requestedInclusions(
  type: string,
  parameters: URLSearchParams,
  used: URLSearchParams,
  ignore: (unsupported: Issue) => Issue | undefined,
): Result<RequestedInclusions> {
  const found: Record<'_include' | '_revinclude', Inclusion[]> = { _include: [], _revinclude: [] };
  for (const [parameter, value] of parameters) {
    if (parameter !== '_include' && parameter !== '_revinclude') continue;
    const offered = parameter === '_include' ? inclusionsFrom(type) : inclusionsTo(type);
    const named = value.split(',').map((it) => inclusionsNamed(offered, it.trim()));
    if (named.some((it) => it.length === 0)) {
      const names = offered.map(inclusionName).join(', ') || '-';
      const refused = ignore(issue('search-include-unsupported', { parameter, type, offered: names }));
      if (refused) return failure(refused);
      continue;
    }
    found[parameter].push(...named.flat());
    used.append(parameter, value);
  }
  return success({ include: found._include, revinclude: found._revinclude });
}

function inclusionsNamed(offered: readonly Inclusion[], value: string): readonly Inclusion[] {
  if (value === '*') return offered;
  const [source, parameter, target, ...more] = value.split(':');
  const named = offered.filter((it) => it.source === source && (parameter === '*' || it.parameter === parameter));
  if (target === undefined) return named;
  return named.flatMap((it) =>
    more.length === 0 && it.targets.includes(target) ? [{ ...it, targets: [target] }] : [],
  );
}

/** Most related resources on one page. */
export const maximumIncluded = 1_000;

type Addressed = Resource & { readonly id: string };

/**
 * The resources related to those of a page, each once, as far as the reader may read them: a reference to another one adds
 * nothing. `isComplete` is false when there are more than `maximumIncluded`.
 */
export async function included(
  gateway: Gateway,
  { partner, permitted }: { readonly partner: Partner; readonly permitted: Reading },
  matches: readonly Addressed[],
  { include, revinclude }: RequestedInclusions,
): Promise<{ readonly resources: readonly Addressed[]; readonly isComplete: boolean }> {
  const addresses = new Set(matches.map(addressOf));
  const resources: Addressed[] = [];
  const add = (it: Resource | undefined): void => {
    if (it?.id === undefined || addresses.has(addressOf(it as Addressed))) return;
    addresses.add(addressOf(it as Addressed));
    resources.push(it as Addressed);
  };
  for (const inclusion of include)
    for (const match of matches)
      for (const { type, id, address } of referencesOf(match, inclusion, gateway.network.settings.baseUrl)) {
        if (addresses.has(address)) continue;
        if (resources.length >= maximumIncluded) return { resources, isComplete: false };
        const stored = await permitted.read(type, id, partner.id);
        add(stored ? parseJson(stored.text) : currentOf(gateway, address));
      }
  for (const { source, parameter, targets } of revinclude) {
    const values = matches.filter(({ resourceType }) => targets.includes(resourceType)).map(addressOf);
    for (let start = 0; start < values.length; start += 100) {
      const criteria = [{ name: parameter, values: values.slice(start, start + 100) }];
      const room = maximumIncluded - resources.length;
      const found = await permitted.search(source, { criteria, count: room + 1 }, partner.id);
      if (found.kind !== 'found') continue;
      for (const { text } of found.resources.slice(0, room)) add(parseJson(text));
      if (found.resources.length > room) return { resources, isComplete: false };
    }
  }
  return { resources, isComplete: true };
}

const addressOf = ({ resourceType, id }: Addressed): string => `${resourceType}/${id}`;

function referencesOf(match: Resource, { source, parameter, targets }: Inclusion, base: string) {
  if (match.resourceType !== source) return [];
  return elementsAt(match, parametersOf(source)[parameter]?.path ?? '').flatMap((it) => {
    const text = (it as Elements | null)?.reference;
    const reference = typeof text === 'string' ? parseReference(localReference(text, base)) : undefined;
    if (reference?.kind !== 'relative' || !targets.includes(reference.type)) return [];
    const { type, id } = reference;
    return [{ type, id, address: `${type}/${id}` }];
  });
}
