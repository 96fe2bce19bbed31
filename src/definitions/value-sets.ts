/**
 * Value sets composed of loaded content (https://hl7.org/fhir/R4/valueset.html#compositions).
 * A membership test returns true, false, or undefined when the content that decides is not loaded.
 */
import type { ValueSet, ValueSetComposeInclude, ValueSetComposeIncludeFilter } from '@medplum/fhirtypes';
import { compilePattern, parseUnit } from '../fhirpath/index.ts';
import { type Codes, type Concept, codesOf } from './code-systems.ts';
import { ucum } from './external-systems.ts';
import type { Definitions } from './registry.ts';

export type Membership = {
  readonly url: string;
  /** Without a system, as for an element of type code, a code of any system of the set matches. */
  readonly has: (system: string | undefined, code: string) => boolean | undefined;
  /** Code systems of the set whose content is not loaded. */
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
  /** Undefined when the value set is not loaded or is malformed. */
  readonly valueSet: (canonical: string) => Membership | undefined;
  /** The members of a value set that no definition names: one that is contained in another resource. */
  readonly containedSet: (valueSet: ValueSet) => Membership | undefined;
  readonly codes: (system: string) => Codes | undefined;
};

const maxAbsent = 1000;

/** Names come from messages, so their number has no bound: the memory of absent ones has. */
function rememberAbsent(absent: Set<string>, name: string): void {
  if (absent.size >= maxAbsent) absent.clear();
  absent.add(name);
}

/** Value sets and code systems of these definitions, each compiled at first use. */
export function terminologyOf(definitions: Definitions): Terminology {
  const sets = new Map<string, Membership>();
  const systems = new Map<string, Codes>();
  const contained = new WeakMap<ValueSet, Membership | undefined>();
  const absent = new Set<string>();
  /** A value set that includes itself sees itself as absent while it is compiled. */
  const compiling = new Set<string>();
  const self: Terminology = {
    valueSet: (canonical) => {
      const cached = sets.get(canonical);
      if (cached || compiling.has(canonical)) return cached;
      const found = definitions.find('ValueSet', canonical);
      if (!found) return undefined;
      compiling.add(canonical);
      const set = undefinedIfMalformed(() => compileSet(found, self));
      compiling.delete(canonical);
      if (set) sets.set(canonical, set);
      return set;
    },
    containedSet: (valueSet) => {
      if (!contained.has(valueSet))
        contained.set(
          valueSet,
          undefinedIfMalformed(() => compileSet(valueSet, self)),
        );
      return contained.get(valueSet);
    },
    codes: (system) => {
      const cached = systems.get(system);
      if (cached || absent.has(system)) return cached;
      const codes = undefinedIfMalformed(() => codesOf(definitions, system));
      if (codes) systems.set(system, codes);
      else rememberAbsent(absent, system);
      return codes;
    },
  };
  return self;
}

/** A malformed definition counts as absent: codes cannot be decided by it. */
function undefinedIfMalformed<T>(compile: () => T): T | undefined {
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
    const codesOfSystem = bySystem.get(system);
    if (codesOfSystem) codesOfSystem.add(code);
    else bySystem.set(system, new Set([code]));
  }
  // Most codes are written as listed; the composition decides the rest (another letter case, an unknown code).
  const has: Membership['has'] = (system, code) =>
    (system !== undefined && bySystem.get(system)?.has(code)) || part.has(system, code);
  return { url, has, absent: part.absent, codes, list: part.list };
}

/** The composition decides; where it cannot, the published expansion does. */
function partOf(set: ValueSet, terminology: Terminology): Part {
  const composed = set.compose?.include?.length ? composedPart(set, terminology) : undefined;
  const expanded = set.expansion?.contains ? fromExpansion(set) : undefined;
  if (!composed || !expanded) return composed ?? expanded ?? undecidable(set.url ?? '');
  const whole = expanded.absent.length === 0;
  return {
    has: (system, code) => composed.has(system, code) ?? expanded.has(system, code),
    absent: whole ? [] : composed.absent,
    list: () => composed.list() ?? (whole ? expanded.list() : undefined),
  };
}

function composedPart({ compose }: ValueSet, terminology: Terminology): Part {
  const active = compose?.inactive === false;
  const includes = (compose?.include ?? []).map((it) => includePart(it, terminology, active));
  const excludes = (compose?.exclude ?? []).map((it) => includePart(it, terminology, false));
  const included = union(includes);
  if (excludes.length === 0) return included;
  const excluded = union(excludes);
  return {
    absent: [...included.absent, ...excluded.absent],
    has: (system, code) => and(included.has(system, code), not(excluded.has(system, code))),
    list: () => {
      const [list, excludedList] = [included.list(), excluded.list()];
      if (!list || !excludedList) return undefined;
      const excludedPairs = new Set([...excludedList].map((it) => it.join('|')));
      return [...list].filter((it) => !excludedPairs.has(it.join('|')));
    },
  };
}

const undecidable = (url: string): Part => ({ has: () => undefined, absent: [url], list: () => undefined });

/** A published expansion; of a partial one, codes that it does not list are undecided. */
function fromExpansion({ url = '', expansion, compose }: ValueSet): Part {
  const pairs: [string, string][] = [];
  const pending = [...(expansion?.contains ?? [])];
  let listed = 0;
  for (let it = pending.pop(); it; it = pending.pop()) {
    listed++;
    const isLeftOut = it.abstract || (it.inactive && compose?.inactive === false);
    if (it.code !== undefined && !isLeftOut) pairs.push([it.system ?? '', it.code]);
    for (const inner of it.contains ?? []) pending.push(inner);
  }
  const all = enumerated(pairs);
  if (isWhole(expansion, listed)) return all;
  return { has: (system, code) => all.has(system, code) || undefined, absent: [url], list: () => undefined };
}

const partialExpansion = /(?:valueset-unclosed|valueset-toocostly)$/;

/** Whether an expansion lists the whole value set: not a page of it, nor cut off. */
function isWhole(expansion: ValueSet['expansion'], listed: number): boolean {
  const { total = listed, offset = 0, parameter = [], extension = [] } = expansion ?? {};
  const isCut = extension.some((it) => partialExpansion.test(it.url ?? '') && it.valueBoolean !== false);
  const isLimited = parameter.some(
    ({ name, valueBoolean, valueInteger }) =>
      (name === 'limitedExpansion' && valueBoolean) ||
      (name === 'count' && expansion?.total === undefined && valueInteger === listed),
  );
  return total <= listed && offset === 0 && !isCut && !isLimited;
}

function enumerated(pairs: readonly (readonly [string, string])[]): Part {
  const members = new Set(pairs.map(([system, code]) => `${system}|${code}`));
  const codes = new Set(pairs.map(([, code]) => code));
  return {
    has: (system, code) => (system === undefined ? codes.has(code) : members.has(`${system}|${code}`)),
    absent: [],
    list: () => pairs,
  };
}

/** A code is in the union when any part has it, and undecided when none has it and one cannot decide. */
function union(parts: readonly Part[]): Part {
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

const and = (a: boolean | undefined, b: boolean | undefined): boolean | undefined =>
  a === false || b === false ? false : a === undefined || b === undefined ? undefined : true;
const not = (it: boolean | undefined): boolean | undefined => (it === undefined ? undefined : !it);

/** With `active`, without the inactive codes of the system. */
function includePart(include: ValueSetComposeInclude, terminology: Terminology, active: boolean): Part {
  const parts = (include.valueSet ?? []).map((url) => importPart(url, terminology));
  if (include.system !== undefined) parts.push(systemPart(include, terminology, active));
  if (parts.length === 1) return parts[0]!;
  return {
    has: (system, code) => parts.reduce<boolean | undefined>((sum, it) => and(sum, it.has(system, code)), true),
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
  return set ?? undecidable(url);
}

function systemPart(include: ValueSetComposeInclude, terminology: Terminology, active: boolean): Part {
  const url = include.system ?? '';
  // Another version of the system may have other codes.
  const codes = terminology.codes(include.version ? `${url}|${include.version}` : url);
  const isLeftOut = (it: Concept | undefined): boolean => active && it?.inactive === true;
  if (include.concept) {
    const fold = (code: string): string => (codes?.caseSensitive === false ? code.toLowerCase() : code);
    const concepts = include.concept.filter(({ code }) => !isLeftOut(codes?.concept(code ?? '')));
    const listed = enumerated(concepts.map(({ code }) => [url, fold(code ?? '')] as const));
    return { ...listed, has: (system, code) => listed.has(system, fold(code)) };
  }
  const ofSystem =
    (has: (code: string) => boolean | undefined): Part['has'] =>
    (system, code) =>
      system === undefined || system === url ? has(code) : false;
  const tests = codes && (include.filter ?? []).map((filter) => filterTest(filter, codes));
  if (!codes || !tests || tests.includes(undefined))
    return { has: ofSystem(() => undefined), absent: [url], list: () => undefined };
  const passes = (it: Concept): boolean | undefined =>
    it.abstract || isLeftOut(it) ? false : tests.reduce<boolean | undefined>((all, test) => and(all, test!(it)), true);
  const has = (code: string): boolean | undefined => {
    const exists = codes.has(code);
    if (exists !== true) return exists;
    const concept = codes.concept(code);
    return concept === undefined ? undefined : passes(concept);
  };
  return {
    has: ofSystem(has),
    absent: codes.partial ? [url] : [],
    list: () => codes.all && [...codes.all.values()].filter(passes).map(({ code }) => [url, code] as const),
  };
}

/** https://hl7.org/fhir/R4/valueset-filter-operator.html; undefined for an unsupported filter. */
function filterTest(
  filter: ValueSetComposeIncludeFilter,
  codes: Codes,
): ((it: Concept) => boolean | undefined) | undefined {
  const { property = '', op, value = '' } = filter;
  const valuesOf = (it: Concept): unknown[] =>
    property === 'code' ? [it.code] : property === 'display' ? [it.display] : [...(it.properties[property] ?? [])];
  const texts = (it: Concept): string[] => valuesOf(it).map((one) => textOf(one));
  const listed = (): Set<string> => new Set(value.split(',').map((it) => it.trim()));
  const isConcept = property === 'concept' || property === 'code' || property === '';
  if (codes.url === ucum) return property === 'canonical' && op === '=' ? hasDimension(value) : undefined;
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
      const excluded = listed();
      return isConcept ? (it) => !excluded.has(it.code) : (it) => !texts(it).some((one) => excluded.has(one));
    }
    case 'exists':
      return (it) => valuesOf(it).length > 0 === (value === 'true');
    case 'regex':
      return regexTest(value, texts);
    default:
      return undefined;
  }
}

/** The whole property matches. The pattern comes from a package and the code from a message: its time is bounded. */
function regexTest(
  value: string,
  texts: (it: Concept) => string[],
): ((it: Concept) => boolean | undefined) | undefined {
  try {
    const pattern = compilePattern(value);
    return (it) => {
      try {
        return texts(it).some((text) => pattern.testFull(text));
      } catch {
        return undefined;
      }
    };
  } catch {
    return undefined;
  }
}

/** Units whose canonical form is that of a unit (https://hl7.org/fhir/R4/ucum.html#filters). */
function hasDimension(value: string): ((it: Concept) => boolean) | undefined {
  const dimension = parseUnit(value)?.dimensionKey;
  return dimension === undefined ? undefined : ({ code }) => parseUnit(code)?.dimensionKey === dimension;
}

const textOf = (it: unknown): string =>
  typeof it === 'object' && it !== null ? String((it as { code?: unknown }).code ?? '') : String(it);
