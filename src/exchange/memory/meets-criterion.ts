import { canonicalJson } from '../../fhir/canonical-json.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Criterion, Store } from '../../store/port.ts';
import { type Indexed, indexOf } from '../../store/search-index.ts';
import { type Terms, type TokenTerm, termsOf } from '../../store/search-terms.ts';

type Asked = { readonly search: Store['search']; readonly reader: string | undefined; readonly now: Date | undefined };

/**
 * Whether a resource as its reader sees it meets a criterion that the store found, by its own index, to be met by the
 * resource as stored; with `isWidened` the store found nothing out. What differs between both is decided here.
 */
export async function meetsAsShown({ stored, shown, criterion, isWidened }: Judged, asked: Asked): Promise<boolean> {
  const [before, after] = [stored, shown].map((it) => indexOf(it, (value) => value)) as [Indexed, Indexed];
  const names = new Set(namesOf(criterion));
  const of = ({ tokens, dates }: Indexed) =>
    canonicalJson([...tokens, ...dates].filter(({ parameter }) => names.has(parameter)));
  if (!isWidened && of(before) === of(after)) return true;
  return meets(shown.resourceType, criterion, after, asked);
}

export type Judged = {
  readonly stored: Resource;
  readonly shown: Resource;
  readonly criterion: Criterion;
  readonly isWidened: boolean;
};

/** Parameters of a criterion, as the index names them. */
const namesOf = ({ name, modifier, or = [] }: Criterion): readonly string[] => [
  modifier === 'identifier' ? `${name}:identifier` : name,
  ...or.flatMap(namesOf),
];

/** Whether a criterion can be met where an element is absent: `:not`, `:missing=true`. */
export const isMetByAbsence = ({ modifier, values, or = [] }: Criterion): boolean =>
  modifier === 'not' || (modifier === 'missing' && values.includes('true')) || or.some(isMetByAbsence);

async function meets(type: string, criterion: Criterion, index: Indexed, asked: Asked): Promise<boolean> {
  const { or = [], through, ...own } = criterion;
  if (through ? await leadsTo(own.name, through, index, asked) : meetsPlain(type, own, index, asked.now)) return true;
  for (const it of or) if (await meets(type, it, index, asked)) return true;
  return false;
}

function meetsPlain(type: string, criterion: Criterion, index: Indexed, now: Date | undefined): boolean {
  const terms = termsOf(type, criterion, { hide: (value) => value, now });
  // ids, times and dates are shown as they are stored, or not at all
  if (terms.kind === 'date') return index.dates.some(({ parameter }) => parameter === terms.parameter);
  if (terms.kind !== 'token') return terms.kind === 'id' || terms.kind === 'updated';
  return meetsTokens(terms, index);
}

function meetsTokens({ parameter, not, terms }: Extract<Terms, { kind: 'token' }>, { tokens }: Indexed): boolean {
  const has = ({ value, system }: TokenTerm): boolean =>
    tokens.some(
      (it) =>
        it.parameter === parameter &&
        (value === undefined || it.value === value) &&
        (system === undefined || it.system === system) &&
        (it.system !== 'absent' || system === 'absent'),
    );
  return terms.some(has) !== not;
}

/** Whether a reference that is shown leads to a resource which meets the inner criterion, and which the reader may read. */
async function leadsTo(
  name: string,
  { type, criterion }: NonNullable<Criterion['through']>,
  { tokens }: Indexed,
  { search, reader }: Asked,
): Promise<boolean> {
  const ids = tokens.flatMap(({ parameter, value }) =>
    parameter === name && value.startsWith(`${type}/`) ? value.slice(type.length + 1) : [],
  );
  if (ids.length === 0) return false;
  const found = await search(type, { criteria: [criterion, { name: '_id', values: ids }], count: 1 }, reader);
  return found.kind === 'found' && found.resources.length > 0;
}
