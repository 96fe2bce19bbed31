import type { Identifier } from '@medplum/fhirtypes';
import type { Resource } from '../fhir/resource.ts';
import type { Network } from './network.ts';

/** Search parameters of the directory. All criteria must match; a criterion matches when one of its values does. */
export const directoryParameters = ['_id', 'name', 'identifier', 'type', '_lastUpdated'] as const;
export type DirectoryParameter = (typeof directoryParameters)[number];
export type DirectoryCriterion = { readonly name: DirectoryParameter; readonly values: readonly string[] };

type DatedResource = { readonly resource: Resource; readonly at: Date };

const sorted = new WeakMap<Network, Map<string, readonly Resource[]>>();

/**
 * The network's own resources of a type, by id: replicated resources are not published again, since the network has no
 * authority over them.
 */
export function ownResources(network: Network, type: string): readonly Resource[] {
  const known = sorted.get(network) ?? new Map<string, readonly Resource[]>();
  sorted.set(network, known);
  const found =
    known.get(type) ??
    network.resources
      .filter(({ resourceType }) => resourceType === type)
      .sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  known.set(type, found);
  return found;
}

/**
 * Whether a resource matches (https://hl7.org/fhir/R4/search.html). Names match from the start, ignoring case and
 * accents.
 */
export const meetsCriteria = (dated: DatedResource, criteria: readonly DirectoryCriterion[]): boolean =>
  criteria.every(({ name, values }) => values.some((value) => hasValue(dated, name, value)));

type Searched = {
  readonly name?: string;
  readonly alias?: readonly string[];
  readonly identifier?: readonly Identifier[];
  readonly type?: readonly { readonly coding?: readonly { readonly system?: string; readonly code?: string }[] }[];
};

function hasValue({ resource, at }: DatedResource, name: DirectoryParameter, value: string): boolean {
  const it = resource as Searched;
  switch (name) {
    case '_id':
      return resource.id === value;
    case 'name':
      return [it.name, ...(it.alias ?? [])].some((text) => text !== undefined && plain(text).startsWith(plain(value)));
    case 'identifier':
      return (it.identifier ?? []).some((one) => isToken(value, one.system, one.value));
    case 'type':
      return listOf(it.type).some(({ coding = [] }) => coding.some((one) => isToken(value, one.system, one.code)));
    case '_lastUpdated': {
      const [, prefix, moment = ''] = /^(ge|gt|le|lt)?(.*)$/.exec(value) ?? [];
      const [time, asked] = [at.getTime(), Date.parse(moment)];
      if (prefix === 'le') return time <= asked;
      if (prefix === 'lt') return time < asked;
      return prefix === 'gt' ? time > asked : prefix === 'ge' ? time >= asked : time === asked;
    }
  }
}

/** Location.type and Organization.type are lists; other types may be a single value. */
const listOf = <T>(it: readonly T[] | undefined): readonly T[] =>
  Array.isArray(it) ? it : it === undefined ? [] : [it as T];

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** `system|value`, `|value` or `value` (https://hl7.org/fhir/R4/search.html#token). */
function isToken(asked: string, system: string | undefined, value: string | undefined): boolean {
  const bar = asked.indexOf('|');
  if (bar < 0) return value === asked;
  const [wanted, code] = [asked.slice(0, bar), asked.slice(bar + 1)];
  return (code === '' || value === code) && (wanted === '' ? system === undefined : system === wanted);
}
