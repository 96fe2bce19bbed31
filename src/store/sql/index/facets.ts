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
 * Neighbours share \x1e. The system that a parameter has by itself is \x1d.
 */
const between = '\x1e';
const within = '\x1f';
const special = '\x1d';

type Named = { readonly name: string; readonly parameter: SearchParameter };

export const facetOf = ({ name, parameter }: Named, token: { readonly value: string; readonly system: string }) =>
  [escaped(token.value), name, systemOf(parameter, token.system)].join(within);

export const systemFacet = ({ name, parameter }: Named, system: string) =>
  ['', name, systemOf(parameter, system)].join(within);

export const ownIdFacet = ({ name, parameter }: Named, system: string) =>
  [special, name, systemOf(parameter, system)].join(within);

export const absentFacet = ({ name }: { readonly name: string }) => `${special}${name}`;

export function facetsText(facets: Iterable<string>): string {
  const all = [...new Set(facets)];
  return all.length ? [between, ...all.flatMap((it) => [it, between])].join('') : '';
}

/** The part of `facets` by which a value, a system or both are found. */
export function partOf({ name, parameter }: Named, { value, system }: TokenTerm): string {
  const ending = system === undefined ? within : `${within}${systemOf(parameter, system)}${between}`;
  return value === undefined ? `${within}${name}${ending}` : `${between}${escaped(value)}${within}${name}${ending}`;
}

/** The part by which an identifier is found that is the id of the resource. */
export const ownIdPart = (named: Named, { system }: TokenTerm): string =>
  system === undefined
    ? `${between}${special}${within}${named.name}${within}`
    : `${between}${ownIdFacet(named, system)}${between}`;

/** The part by which the absence of a value is found. */
export const absentPart = (named: { readonly name: string }): string => `${between}${absentFacet(named)}${between}`;

const systemOf = (parameter: SearchParameter, system: string): string =>
  parameter.kind === 'token' && parameter.system === system ? special : escaped(system);

/** Without control characters, so without separators and NUL; different texts stay different. */
const escaped = (text: string): string =>
  text.toWellFormed().replace(/\p{Cc}/gu, (it) => `\x1c${it.charCodeAt(0).toString(36).padStart(2, '0')}`);
