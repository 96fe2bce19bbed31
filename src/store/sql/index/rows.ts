import type { Resource } from '../../../fhir/resource.ts';
import { absent, type HideValue, type IndexedToken, indexOf } from '../../search-index.ts';
import type { TokenTerm } from '../../search-terms.ts';
import { referenceKey } from '../keys.ts';
import { keyText } from '../storable.ts';
import { absentFacet, facetOf, facetsText, ownIdFacet, systemFacet, systemOfRow } from './facets.ts';
import { type StoredParameter, storedParameter } from './parameters.ts';

/** A row of the table `token`, with the name of its parameter. The system of a reference is ''. */
export type TokenRow = { readonly parameter: string; readonly value: string; readonly system: string };

/** What the tables contain of a resource for searches. `low` and `high`: milliseconds, both ends inclusive. */
export type IndexRows = {
  readonly tokens: readonly TokenRow[];
  readonly facets: string;
  readonly low: number | null;
  readonly high: number | null;
};

export function rowsOf(resource: Resource, hide: HideValue): IndexRows {
  const indexed = indexOf(resource, hide);
  const tokens = new Map<string, TokenRow>();
  const facets: string[] = [];
  for (const token of indexed.tokens) {
    const stored = storedParameter(resource.resourceType, token.parameter);
    if (stored.name !== token.parameter) continue;
    if (isAbsent(token)) {
      facets.push(absentFacet(stored));
      continue;
    }
    // the table `resource` leads from an id to its resource already
    if (token.isOwnId) {
      facets.push(ownIdFacet(stored, token.system, hide));
      continue;
    }
    if (!stored.isSelective) facets.push(facetOf(stored, token, hide));
    else if (stored.parameter.kind === 'token') facets.push(systemFacet(stored, token.system, hide));
    if (hasRow(stored, token)) {
      const { value, system } = token;
      const row = { parameter: stored.name, ...keyOf(stored, { value, system }, hide) };
      tokens.set(nameOf(row), row);
    }
  }
  const { dates } = indexed;
  return {
    tokens: [...tokens.values()],
    facets: facetsText(facets),
    low: dates.length ? Math.min(...dates.map((it) => it.low)) : null,
    high: dates.length ? Math.max(...dates.map((it) => it.high)) : null,
  };
}

/** Whether a value of the parameter has a row. */
export const hasRow = ({ parameter, isSelective }: StoredParameter, { value }: { readonly value: string }): boolean =>
  isSelective || (parameter.kind === 'token' && (parameter.rare?.includes(value) ?? false));

/** A value and system as columns of a row; absent ones stay absent. */
export function keyOf<T extends TokenTerm>({ parameter }: StoredParameter, { value, system }: T, hide: HideValue): T {
  return {
    ...(value === undefined
      ? {}
      : { value: keyText(parameter.kind === 'reference' ? referenceValue(value, hide) : value) }),
    ...(system === undefined ? {} : { system: systemOfRow(system, hide) }),
  } as T;
}

/** Only the id of a stored resource is not hidden: an address elsewhere is whatever its sender wrote. */
const referenceValue = (reference: string, hide: HideValue): string =>
  /^[A-Z][A-Za-z]*\/[A-Za-z0-9\-.]{1,64}$/.test(reference) ? referenceKey(reference) : hide(reference);

export const isAbsent = ({ value, system }: TokenTerm | IndexedToken): boolean =>
  value === absent.value && system === absent.system;

/** The rows of a version that its successor does not have, and the other way round: an update mostly changes none. */
export function difference(
  before: readonly TokenRow[],
  after: readonly TokenRow[],
): { readonly gone: readonly TokenRow[]; readonly come: readonly TokenRow[] } {
  if (!before.length) return { gone: [], come: after };
  const [old, young] = [new Set(before.map(nameOf)), new Set(after.map(nameOf))];
  return { gone: before.filter((it) => !young.has(nameOf(it))), come: after.filter((it) => !old.has(nameOf(it))) };
}

const nameOf = (it: TokenRow): string => JSON.stringify([it.parameter, it.value, it.system]);
