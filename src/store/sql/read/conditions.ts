import type { HideValue } from '../../search-index.ts';
import type { Terms, TokenTerm } from '../../search-terms.ts';
import { absentPart, ownIdPart, partOf } from '../index/facets.ts';
import type { Indexing } from '../index/indexing.ts';
import { storedParameter } from '../index/parameters.ts';
import { hasRow, isAbsent, keyOf } from '../index/rows.ts';
import { isInMask } from '../keys.ts';
import type { Dialect } from '../sql.ts';
import { storable } from '../storable.ts';
import { during } from './dates.ts';
import { all, either, type Fragment, piece, value, values } from './fragment.ts';

/** A condition on the row of table `resource` with the given alias. */
export type Condition = (resource: string) => Fragment;

/** A condition, and where it is met by few a select of their keys, by which a search can start. */
export type Criterion = { readonly condition: Condition; readonly keys?: Fragment };

export type Searching = {
  readonly dialect: Dialect;
  readonly indexing: Pick<Indexing, 'key'>;
  readonly hide: HideValue;
  readonly reader: string | undefined;
};

export function criterionOf(type: string, terms: Terms, searching: Searching): Criterion {
  switch (terms.kind) {
    case 'either': {
      const conditions = terms.of.map((it) => criterionOf(type, it, searching).condition);
      return { condition: (resource) => either(conditions.map((it) => it(resource))) };
    }
    case 'through':
      return through(type, terms, searching);
    case 'unsupported':
    case 'malformed':
      return { condition: () => either([]) };
    case 'id': {
      const ids = values(terms.values.map(storable));
      return {
        condition: (resource) => (terms.values.length ? piece`${resource}.id in (${ids})` : either([])),
        ...(terms.values.length
          ? { keys: piece`select key from resource where type = ${value(type)} and id in (${ids})` }
          : {}),
      };
    }
    case 'updated':
      return {
        condition: (resource) =>
          either(terms.terms.map((it) => during(it, `${resource}.updated`, `${resource}.updated`))),
      };
    case 'date':
      return {
        condition: (resource) => either(terms.terms.map((it) => during(it, `${resource}.low`, `${resource}.high`))),
      };
    case 'token':
      return tokens(type, terms, searching);
  }
}

/** The type of a resource whose key is known: a form in which no index of the type is scanned to compare keys. */
export const ofType = (resource: string, type: string): Fragment =>
  piece`coalesce(${resource}.type, '') = ${value(type)}`;

/** The partner may read the resource. */
export const readableBy =
  (partner: string): Condition =>
  (resource) =>
    piece`exists (select 1 from reader a where a.partner = ${value(partner)} and a.block = ${resource}.key / 32
      and ${isInMask('a.mask', `${resource}.key`)})`;

type TokenTerms = Extract<Terms, { readonly kind: 'token' }>;

/** By rows where a value is selective, otherwise by a part of the facets; an identifier also by the id of a resource. */
function tokens(
  type: string,
  { parameter, not, terms }: TokenTerms,
  { dialect, indexing, hide }: Searching,
): Criterion {
  const stored = storedParameter(type, parameter);
  const isRow = (it: TokenTerm) => stored.isSelective && it.value !== undefined && !isAbsent(it);
  const byRow = terms.filter(isRow).map((it) => keyOf(stored, it, hide));
  const byFacet = terms.filter((it) => !isRow(it));
  const contains = (resource: string, part: string): Fragment => ({
    sql: dialect.contains(`${resource}.facets`, '?'),
    values: [part],
  });
  const rows = (terms: readonly TokenTerm[]) =>
    piece`t.parameter = ${value(indexing.key(type, parameter))} and ${valuesIn(terms)}`;
  const ids = terms.filter((it) => it.id !== undefined);
  const isId = (resource: string, it: TokenTerm): Fragment =>
    all([piece`${resource}.id = ${value(storable(it.id!))}`, contains(resource, ownIdPart(stored, it, hide))]);
  const condition: Condition = (resource) => {
    const parts = [
      ...byFacet.map((it) => contains(resource, isAbsent(it) ? absentPart(stored) : partOf(stored, it, hide))),
      ...(byRow.length
        ? [piece`exists (select 1 from token t where ${rows(byRow)} and t.resource = ${resource}.key)`]
        : []),
      ...ids.map((it) => isId(resource, it)),
    ];
    return not ? piece`not (${either(parts)})` : either(parts);
  };
  const hasRows = terms.every((it) => it.value !== undefined && !isAbsent(it) && hasRow(stored, { value: it.value }));
  if (not || !hasRows || terms.length === 0) return { condition };
  const byValue = piece`select t.resource from token t where ${rows(terms.map((it) => keyOf(stored, it, hide)))}`;
  if (ids.length === 0) return { condition, keys: byValue };
  const byId = piece`select p.key from resource p where p.type = ${value(type)}
    and p.id in (${values(ids.map((it) => storable(it.id!)))}) and ${either(ids.map((it) => isId('p', it)))}`;
  return { condition, keys: piece`${byValue} union ${byId}` };
}

/** Values of any system in one list: each is looked up in the index, unlike in a chain of `or`. */
function valuesIn(terms: readonly TokenTerm[]): Fragment {
  const free = terms.flatMap((it) => (it.value !== undefined && it.system === undefined ? [it.value] : []));
  const bound = terms.flatMap((it) => (it.value !== undefined && it.system !== undefined ? [it] : []));
  const parts = bound.map((it) => piece`(t.value = ${value(it.value!)} and t.system = ${value(it.system!)})`);
  return either(free.length ? [...parts, piece`t.value in (${values(free)})`] : parts);
}

/** From the resources referred to, as far as the reader may read them: the index leads from a value to a resource. */
function through(
  type: string,
  { parameter, type: target, inner }: Extract<Terms, { readonly kind: 'through' }>,
  searching: Searching,
): Criterion {
  const { condition, keys } = criterionOf(target, inner, searching);
  const keysOfReferring = piece`select t.resource from resource p join token t
    on t.value = p.id || '/' || p.type and t.parameter = ${value(searching.indexing.key(type, parameter))}
    where ${all([
      ...(keys ? [piece`p.key in (${keys})`, ofType('p', target)] : [piece`p.type = ${value(target)}`, condition('p')]),
      ...(searching.reader === undefined ? [] : [readableBy(searching.reader)('p')]),
    ])}`;
  return {
    condition: (resource) => piece`${resource}.key in (${keysOfReferring})`,
    ...(keys ? { keys: keysOfReferring } : {}),
  };
}
