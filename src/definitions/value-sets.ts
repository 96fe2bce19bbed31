/**
 * Value sets composed from what is here (https://hl7.org/fhir/R4/valueset.html#compositions).
 * A membership answers true, false, or undefined: the content that would tell is not here.
 */
import type { ValueSet, ValueSetComposeInclude, ValueSetComposeIncludeFilter } from '@medplum/fhirtypes';
import { type Codes, type Concept, codesOf } from './code-systems.ts';
import type { Definitions } from './registry.ts';

export type Membership = {
  readonly url: string;
  /** Without a system, as for an element of type code, any system of the set will do. */
  readonly has: (system: string | undefined, code: string) => boolean | undefined;
  /** Code systems of the set whose content is not here. */
  readonly absent: readonly string[];
  /** All codes, whatever their system, when they can be listed: for elements of type code. */
  readonly codes: ReadonlySet<string> | undefined;
  /** Every code with its system; undefined when they cannot be listed. */
  readonly list: () => Iterable<readonly [system: string, code: string]> | undefined;
};

type Part = {
  readonly has: (system: string | undefined, code: string) => boolean | undefined;
  readonly absent: readonly string[];
  /** Lists `system|code`; undefined when it cannot be listed. */
  readonly list: () => Iterable<readonly [system: string, code: string]> | undefined;
};

export type Terminology = {
  /** Undefined when the value set itself is not here, or cannot be understood. */
  readonly valueSet: (canonical: string) => Membership | undefined;
  readonly codes: (system: string) => Codes | undefined;
};

const mostAbsent = 1000;

/** Names come from messages, and there is no end to those: what is absent is remembered up to a bound. */
function remember(absent: Set<string>, name: string): void {
  if (absent.size >= mostAbsent) absent.clear();
  absent.add(name);
}

/** Value sets and code systems over these definitions, each compiled when first asked. */
export function terminologyOf(definitions: Definitions): Terminology {
  const sets = new Map<string, Membership>();
  const systems = new Map<string, Codes>();
  const absent = new Set<string>();
  /** A set that includes itself knows itself as absent while it is compiled. */
  const busy = new Set<string>();
  const self: Terminology = {
    valueSet: (canonical) => {
      const known = sets.get(canonical);
      if (known || busy.has(canonical)) return known;
      const found = definitions.find('ValueSet', canonical);
      if (!found) return undefined;
      busy.add(canonical);
      const made = quietly(() => compileSet(found, self));
      busy.delete(canonical);
      if (made) sets.set(canonical, made);
      return made;
    },
    codes: (system) => {
      const known = systems.get(system);
      if (known || absent.has(system)) return known;
      const made = quietly(() => codesOf(definitions, system));
      if (made) systems.set(system, made);
      else remember(absent, system);
      return made;
    },
  };
  return self;
}

/** A definition that is not as FHIR has it is as good as absent: what it would tell is not known. */
function quietly<T>(compile: () => T): T | undefined {
  try {
    return compile();
  } catch {
    return undefined;
  }
}

function compileSet(set: ValueSet, terminology: Terminology): Membership {
  const url = set.url ?? '';
  const part = partOf(set, terminology);
  const listed = part.list();
  if (!listed) return { url, has: part.has, absent: part.absent, codes: undefined, list: part.list };
  const bySystem = new Map<string, Set<string>>();
  const codes = new Set<string>();
  for (const [system, code] of listed) {
    codes.add(code);
    const known = bySystem.get(system);
    if (known) known.add(code);
    else bySystem.set(system, new Set([code]));
  }
  // Most codes are written as listed; the rest (another letter case, an unknown code) is left to the composition.
  const has: Membership['has'] = (system, code) =>
    (system !== undefined && bySystem.get(system)?.has(code)) || part.has(system, code);
  return { url, has, absent: part.absent, codes, list: part.list };
}

function partOf(set: ValueSet, terminology: Terminology): Part {
  if (!set.compose?.include?.length) return set.expansion?.contains ? fromExpansion(set) : nothing(set.url ?? '');
  const includes = set.compose.include.map((it) => includePart(it, terminology));
  const excludes = (set.compose.exclude ?? []).map((it) => includePart(it, terminology));
  const included = either(includes);
  if (excludes.length === 0) return included;
  const excluded = either(excludes);
  return {
    absent: [...included.absent, ...excluded.absent],
    has: (system, code) => both(included.has(system, code), negate(excluded.has(system, code))),
    list: () => {
      const [list, less] = [included.list(), excluded.list()];
      if (!list || !less) return undefined;
      const gone = new Set([...less].map((it) => it.join('|')));
      return [...list].filter((it) => !gone.has(it.join('|')));
    },
  };
}

const nothing = (url: string): Part => ({ has: () => undefined, absent: [url], list: () => undefined });

/** Without a composition the published expansion is all there is; a limited one (`fragment`) proves no absence. */
function fromExpansion(set: ValueSet): Part {
  const pairs: [string, string][] = [];
  const pending = [...(set.expansion?.contains ?? [])];
  for (let it = pending.pop(); it; it = pending.pop()) {
    if (it.code !== undefined && !it.abstract) pairs.push([it.system ?? '', it.code]);
    pending.push(...(it.contains ?? []));
  }
  return enumerated(pairs);
}

function enumerated(pairs: readonly (readonly [string, string])[]): Part {
  const known = new Set(pairs.map(([system, code]) => `${system}|${code}`));
  const codes = new Set(pairs.map(([, code]) => code));
  return {
    has: (system, code) => (system === undefined ? codes.has(code) : known.has(`${system}|${code}`)),
    absent: [],
    list: () => pairs,
  };
}

/** A code is in when any part has it; unknown when none has it and one cannot tell. */
function either(parts: readonly Part[]): Part {
  if (parts.length === 1) return parts[0]!;
  return {
    has: (system, code) => {
      let answer: boolean | undefined = false;
      for (const part of parts) {
        const it = part.has(system, code);
        if (it) return true;
        if (it === undefined) answer = undefined;
      }
      return answer;
    },
    absent: [...new Set(parts.flatMap((it) => it.absent))],
    list: () => {
      const lists = parts.map((it) => it.list());
      return lists.includes(undefined) ? undefined : lists.flatMap((it) => [...it!]);
    },
  };
}

const both = (a: boolean | undefined, b: boolean | undefined): boolean | undefined =>
  a === false || b === false ? false : a === undefined || b === undefined ? undefined : true;
const negate = (it: boolean | undefined): boolean | undefined => (it === undefined ? undefined : !it);

function includePart(include: ValueSetComposeInclude, terminology: Terminology): Part {
  const parts = (include.valueSet ?? []).map((url) => importPart(url, terminology));
  if (include.system !== undefined) parts.push(systemPart(include, terminology));
  if (parts.length === 1) return parts[0]!;
  return {
    has: (system, code) => parts.reduce<boolean | undefined>((sum, it) => both(sum, it.has(system, code)), true),
    absent: [...new Set(parts.flatMap((it) => it.absent))],
    list: () => {
      const [first, ...others] = parts.map((it) => it.list());
      if (!first || others.includes(undefined)) return undefined;
      const sets = others.map((it) => new Set([...it!].map((pair) => pair.join('|'))));
      return [...first].filter((pair) => sets.every((it) => it.has(pair.join('|'))));
    },
  };
}

function importPart(url: string, terminology: Terminology): Part {
  const set = terminology.valueSet(url);
  return set ?? nothing(url);
}

function systemPart(include: ValueSetComposeInclude, terminology: Terminology): Part {
  const url = include.system ?? '';
  const codes = terminology.codes(include.version ? `${url}|${include.version}` : url) ?? terminology.codes(url);
  if (include.concept) {
    const fold = (code: string): string => (codes?.caseSensitive === false ? code.toLowerCase() : code);
    const listed = enumerated(include.concept.map(({ code }) => [url, fold(code ?? '')] as const));
    return { ...listed, has: (system, code) => listed.has(system, fold(code)) };
  }
  const ofSystem =
    (has: (code: string) => boolean | undefined): Part['has'] =>
    (system, code) =>
      system === undefined || system === url ? has(code) : false;
  if (!codes) return { has: ofSystem(() => undefined), absent: [url], list: () => undefined };
  const tests = (include.filter ?? []).map((filter) => filterTest(filter, codes));
  if (tests.includes(undefined)) return { has: ofSystem(() => undefined), absent: [url], list: () => undefined };
  const fits = (concept: Concept): boolean => tests.every((test) => test!(concept));
  const has = (code: string): boolean | undefined => {
    const known = codes.has(code);
    if (known !== true || tests.length === 0) return known;
    const concept = codes.concept(code);
    return concept === undefined ? undefined : fits(concept);
  };
  return {
    has: ofSystem(has),
    absent: codes.partial ? [url] : [],
    list: () => codes.all && [...codes.all.values()].filter(fits).map(({ code }) => [url, code] as const),
  };
}

/** https://hl7.org/fhir/R4/valueset-filter-operator.html; undefined for a filter that is not understood here. */
function filterTest(filter: ValueSetComposeIncludeFilter, codes: Codes): ((it: Concept) => boolean) | undefined {
  const { property = '', op, value = '' } = filter;
  const valuesOf = (it: Concept): unknown[] =>
    property === 'code' ? [it.code] : property === 'display' ? [it.display] : [...(it.properties[property] ?? [])];
  const texts = (it: Concept): string[] => valuesOf(it).map((one) => textOf(one));
  const listed = (): Set<string> => new Set(value.split(',').map((it) => it.trim()));
  const isConcept = property === 'concept' || property === 'code' || property === '';
  switch (op) {
    case 'is-a':
      return (it) => codes.isA(it.code, value);
    case 'descendent-of':
      return (it) => it.code !== value && codes.isA(it.code, value);
    case 'is-not-a':
      return (it) => !codes.isA(it.code, value);
    case 'generalizes':
      return (it) => codes.isA(value, it.code);
    case '=':
      if (property === 'parent') return (it) => it.parents.includes(value);
      return isConcept ? (it) => it.code === value : (it) => texts(it).includes(value);
    case 'in': {
      const allowed = listed();
      return isConcept ? (it) => allowed.has(it.code) : (it) => texts(it).some((one) => allowed.has(one));
    }
    case 'not-in': {
      const refused = listed();
      return isConcept ? (it) => !refused.has(it.code) : (it) => !texts(it).some((one) => refused.has(one));
    }
    case 'exists':
      return (it) => valuesOf(it).length > 0 === (value === 'true');
    default:
      // A regular expression out of a package could take exponential time on a code out of a message.
      return undefined;
  }
}

const textOf = (it: unknown): string =>
  typeof it === 'object' && it !== null ? String((it as { code?: unknown }).code ?? '') : String(it);
