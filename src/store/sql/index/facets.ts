import type { HideValue } from '../../search-index.ts';
import type { SearchParameter } from '../../search-parameters.ts';
import type { TokenTerm } from '../../search-terms.ts';

/**
 * The facets of a resource: one text with the values that many resources have (status, code), the systems of selective
 * values, and which parameters have no value. A condition is one search for a part of the text:
 *
 *   \x1e value \x1f name \x1f system \x1e     value of a parameter
 *   \x1e \x1f name \x1f system \x1e           system of a value that is stored as a row
 *   \x1e \x1d \x1f name \x1f system \x1e      system of an identifier of which the value is the id of the resource: no row
 *   \x1e \x1d name \x1e                       parameter without value
 *
 * Neighbours share \x1e. The system that a parameter has by itself is \x1d. Values and systems are there as the beginning of
 * their keyed hash: a code may say what somebody suffers from, and a system be any text that a sender wrote.
 */
const between = '\x1e';
const within = '\x1f';
const special = '\x1d';

type Named = { readonly name: string; readonly parameter: SearchParameter };

export const facetOf = (
  { name, parameter }: Named,
  token: { readonly value: string; readonly system: string },
  hide: HideValue,
) => [briefly(token.value, hide), name, systemOf(parameter, token.system, hide)].join(within);

export const systemFacet = ({ name, parameter }: Named, system: string, hide: HideValue) =>
  ['', name, systemOf(parameter, system, hide)].join(within);

export const ownIdFacet = ({ name, parameter }: Named, system: string, hide: HideValue) =>
  [special, name, systemOf(parameter, system, hide)].join(within);

export const absentFacet = ({ name }: { readonly name: string }) => `${special}${name}`;

export function facetsText(facets: Iterable<string>): string {
  const all = [...new Set(facets)];
  return all.length ? [between, ...all.flatMap((it) => [it, between])].join('') : '';
}

/** The part of `facets` by which a value, a system or both are found. */
export function partOf({ name, parameter }: Named, { value, system }: TokenTerm, hide: HideValue): string {
  const ending = system === undefined ? within : `${within}${systemOf(parameter, system, hide)}${between}`;
  return value === undefined
    ? `${within}${name}${ending}`
    : `${between}${briefly(value, hide)}${within}${name}${ending}`;
}

/** The part by which an identifier is found that is the id of the resource. */
export const ownIdPart = (named: Named, { system }: TokenTerm, hide: HideValue): string =>
  system === undefined
    ? `${between}${special}${within}${named.name}${within}`
    : `${between}${ownIdFacet(named, system, hide)}${between}`;

/** The part by which the absence of a value is found. */
export const absentPart = (named: { readonly name: string }): string => `${between}${absentFacet(named)}${between}`;

const systemOf = (parameter: SearchParameter, system: string, hide: HideValue): string =>
  parameter.kind === 'token' && parameter.system === system ? special : briefly(system, hide);

/** 96 bits of the hash: base64url, so without separators. */
const briefly = (text: string, hide: HideValue): string => {
  const known = brief.get(hide) ?? new Map<string, string>();
  const found = known.get(text);
  if (found !== undefined) return found;
  const made = hide(text).slice(0, 16);
  // the same few codes and systems come again and again
  if (text.length < 200) brief.set(hide, known.size < 5_000 ? known.set(text, made) : new Map([[text, made]]));
  return made;
};
const brief = new WeakMap<HideValue, Map<string, string>>();

/** The system of a row of the table `token`, hidden likewise. */
export const systemOfRow = (system: string, hide: HideValue): string => (system === '' ? '' : briefly(system, hide));
