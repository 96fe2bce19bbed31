/**
 * Code systems (https://hl7.org/fhir/R4/codesystem.html) as validation uses them: existence, displays and hierarchy of
 * codes.
 */
import type { CodeSystem, CodeSystemConcept } from '@medplum/fhirtypes';
import { externalSystems } from './external-systems.ts';
import type { Definitions } from './registry.ts';

export type Concept = {
  readonly code: string;
  readonly display: string | undefined;
  /** Designations in other languages or uses; each is a valid display. */
  readonly names: readonly string[];
  readonly parents: readonly string[];
  readonly properties: Readonly<Record<string, readonly unknown[]>>;
  /** Only a selector of other concepts: not a code of an instance. */
  readonly abstract: boolean;
  readonly inactive: boolean;
};

export type Codes = {
  readonly url: string;
  readonly version: string | undefined;
  /** Undefined when only a part of the system is loaded and the code is not in it. */
  readonly has: (code: string) => boolean | undefined;
  readonly concept: (code: string) => Concept | undefined;
  /** All concepts; undefined when the loaded content is not complete. */
  readonly all: ReadonlyMap<string, Concept> | undefined;
  readonly caseSensitive: boolean;
  /** Whether only some of its codes are loaded. */
  readonly partial: boolean;
  /** Whether `code` is `ancestor` or below it. */
  readonly isA: (code: string, ancestor: string) => boolean;
};

/** Undefined when the content of the system is not loaded. */
export function codesOf(definitions: Definitions, canonical: string): Codes | undefined {
  // They have no versions of their own content: the grammar of each is that of every version.
  const url = canonical.split('|')[0]!;
  const external = externalSystems.get(url);
  if (external) return fromExternal(url, external);
  const system = definitions.find('CodeSystem', canonical);
  if (!system || !['complete', 'fragment', 'example'].includes(system.content ?? '')) return undefined;
  return fromCodeSystem(system);
}

const fromExternal = (url: string, { has, display }: NonNullable<ReturnType<typeof externalSystems.get>>): Codes => ({
  url,
  version: undefined,
  has,
  concept: (code) =>
    has(code)
      ? {
          code,
          display: display?.(code),
          names: [],
          parents: [],
          properties: noProperties,
          abstract: false,
          inactive: false,
        }
      : undefined,
  all: undefined,
  caseSensitive: true,
  partial: false,
  isA: (code, ancestor) => code === ancestor,
});

function fromCodeSystem(system: CodeSystem): Codes {
  const caseSensitive = system.caseSensitive !== false;
  const fold = (code: string): string => (caseSensitive ? code : code.toLowerCase());
  const all = new Map<string, Concept>();
  const parentProperties = new Set(
    (system.property ?? []).filter((it) => isParent(it.uri, it.code)).map((it) => it.code ?? ''),
  );
  const named = (name: string): readonly string[] => [
    name,
    ...(system.property ?? []).flatMap(({ code, uri }) => (uri === conceptProperties + name && code ? [code] : [])),
  ];
  if (system.hierarchyMeaning !== 'part-of') for (const name of ['parent', 'subsumedBy']) parentProperties.add(name);
  // Grows during iteration: children follow their parents, in the order of the system.
  const pending = (system.concept ?? []).map((concept) => ({ concept, above: [] as string[] }));
  for (const { concept, above } of pending) {
    const code = concept.code ?? '';
    all.set(fold(code), conceptOf(concept, above, { parents: parentProperties, named }));
    for (const child of concept.concept ?? []) pending.push({ concept: child, above: [code] });
  }
  const complete = system.content === 'complete';
  return {
    url: system.url ?? '',
    version: system.version,
    has: (code) => all.has(fold(code)) || (complete ? false : undefined),
    concept: (code) => all.get(fold(code)),
    all: complete ? all : undefined,
    caseSensitive,
    partial: !complete,
    isA: (code, ancestor) => isBelowOrEqual(all, fold, code, ancestor),
  };
}

/** Without the names of Object.prototype: a CodeSystem may call a property `constructor`. */
const noProperties: Readonly<Record<string, readonly unknown[]>> = Object.freeze(Object.create(null));

const conceptProperties = 'http://hl7.org/fhir/concept-properties#';

const isParent = (uri: string | undefined, code: string | undefined): boolean =>
  uri === `${conceptProperties}parent` || code === 'parent' || code === 'subsumedBy';

type PropertyNames = {
  readonly parents: ReadonlySet<string>;
  /** The codes by which the system names a property that FHIR defines. */
  readonly named: (name: string) => readonly string[];
};

/** Values of the property `status`; a deprecated concept is still active. */
const inactiveStatuses: ReadonlySet<unknown> = new Set(['retired', 'inactive']);

function conceptOf(concept: CodeSystemConcept, above: readonly string[], { parents, named }: PropertyNames): Concept {
  const properties: Record<string, unknown[]> = Object.create(null);
  for (const it of concept.property ?? []) {
    const value = Object.entries(it).find(([name]) => name.startsWith('value'))?.[1];
    if (it.code === undefined) continue;
    properties[it.code] ??= [];
    properties[it.code]!.push(value);
  }
  const valuesOf = (name: string): unknown[] => [...new Set(named(name))].flatMap((it) => properties[it] ?? []);
  const declared = [...parents].flatMap((name) => (properties[name] ?? []).filter((it) => typeof it === 'string'));
  return {
    code: concept.code ?? '',
    display: concept.display,
    names: (concept.designation ?? []).flatMap(({ value }) => value ?? []),
    parents: [...above, ...declared] as string[],
    properties,
    abstract: valuesOf('notSelectable').includes(true),
    inactive: valuesOf('inactive').includes(true) || valuesOf('status').some((it) => inactiveStatuses.has(it)),
  };
}

/** Follows the parents, visiting each concept once, so that a circular hierarchy ends. */
function isBelowOrEqual(
  all: ReadonlyMap<string, Concept>,
  fold: (code: string) => string,
  code: string,
  ancestor: string,
): boolean {
  const seen = new Set<string>();
  const pending = [fold(code)];
  const target = fold(ancestor);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === target) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    for (const parent of all.get(next)?.parents ?? []) pending.push(fold(parent));
  }
  return false;
}
