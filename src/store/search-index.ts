import type { Elements, Resource } from '../fhir/resource.ts';
import { dateRange } from './date-range.ts';
import { parametersOf, type SearchParameter } from './search-parameters.ts';
import { statementsOf } from './statements.ts';

/**
 * Index entry of a token or a reference (which has no system: its value is `Type/id` or an absolute URL). `isOwnId`: an
 * identifier of which the value is the id of the resource itself, as the gateway assigns it.
 */
export type IndexedToken = {
  readonly parameter: string;
  readonly value: string;
  readonly system: string;
  readonly isOwnId?: true;
};
/** Milliseconds, both ends inclusive. */
export type IndexedDate = { readonly parameter: string; readonly low: number; readonly high: number };
export type Indexed = { readonly tokens: readonly IndexedToken[]; readonly dates: readonly IndexedDate[] };

/** Converts the value of a hidden token to its form in the index. */
export type HideValue = (value: string) => string;

/** Index entry of a parameter whose element a resource does not have: no value of a search equals it. */
export const absent = { value: '', system: 'absent' } as const;

/** The index entries of a resource. Values of an unexpected shape are skipped: validation reports them. */
export function indexOf(resource: Resource, hide: HideValue): Indexed {
  const tokens = new Map<string, IndexedToken>();
  const dates: IndexedDate[] = [];
  for (const [name, parameter] of Object.entries(parametersOf(resource.resourceType))) {
    const values = elementsAt(resource, parameter.path);
    if (parameter.kind === 'statement') {
      for (const value of statementsOf(resource, values, hide))
        tokens.set(`${name}|${value}`, { parameter: name, value, system: '' });
      continue;
    }
    if (values.length === 0 && !name.includes(':')) tokens.set(name, { parameter: name, ...absent });
    for (const value of values) {
      if (parameter.kind === 'date') {
        const range = dateRange(value);
        if (range) dates.push({ parameter: name, ...range });
      } else {
        const own =
          isIdentifier(parameter) && (value as Elements | null)?.value === resource.id
            ? ({ isOwnId: true } as const)
            : {};
        for (const token of tokensOf(value, parameter, hide))
          tokens.set(`${name}|${token.system}|${token.value}`, { parameter: name, ...token, ...own });
      }
    }
  }
  return { tokens: [...tokens.values()], dates };
}

/** The identifiers of the resource itself, of which one may be its id. */
export const isIdentifier = ({ kind, path }: SearchParameter): boolean => kind === 'token' && path === 'identifier';

type Token = { readonly value: string; readonly system: string };

function tokensOf(value: unknown, parameter: SearchParameter, hide: HideValue): readonly Token[] {
  if (parameter.kind === 'reference') return referenceToken(value);
  if (parameter.kind !== 'token') return [];
  const found = plainTokens(value, parameter.system ?? '');
  return parameter.hidden ? found.map(({ value, system }) => ({ value: hide(value), system })) : found;
}

function referenceToken(value: unknown): readonly Token[] {
  const reference = (value as Elements | null)?.reference;
  if (typeof reference !== 'string' || reference.startsWith('#')) return [];
  return [{ value: reference.replace(/\/_history\/[^/]*$/, ''), system: '' }];
}

/** A code, Coding, CodeableConcept or Identifier (https://hl7.org/fhir/R4/search.html#token). */
function plainTokens(value: unknown, ownSystem: string): readonly Token[] {
  if (typeof value === 'string') return [{ value, system: ownSystem }];
  if (typeof value !== 'object' || value === null) return [];
  const { coding, code, value: identifier, system } = value as Elements;
  if (Array.isArray(coding)) return coding.flatMap((it) => plainTokens(it, ''));
  const text = typeof code === 'string' ? code : identifier;
  return typeof text === 'string' ? [{ value: text, system: typeof system === 'string' ? system : '' }] : [];
}

/** The elements at a dotted path, with lists flattened: the part of FHIRPath that these parameters need. */
export function elementsAt(resource: Resource, path: string): readonly unknown[] {
  let found: readonly unknown[] = [resource];
  for (const name of path.split('.'))
    found = found.flatMap((it) => {
      const next = (it as Elements | null)?.[name];
      return next === undefined ? [] : next;
    });
  return found;
}
