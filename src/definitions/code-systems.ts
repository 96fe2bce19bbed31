/** Code systems as validation asks them: is this a code, what is it called, what stands above it. */
import type { CodeSystem, CodeSystemConcept } from '@medplum/fhirtypes';
import { externalSystems } from './external-systems.ts';
import type { Definitions } from './registry.ts';

export type Concept = {
  readonly code: string;
  readonly display: string | undefined;
  /** Names in other languages or uses; a display may be any of these. */
  readonly names: readonly string[];
  readonly parents: readonly string[];
  readonly properties: Readonly<Record<string, readonly unknown[]>>;
};

export type Codes = {
  readonly url: string;
  readonly version: string | undefined;
  /** True or false; undefined when the system is here only in part. */
  readonly has: (code: string) => boolean | undefined;
  readonly concept: (code: string) => Concept | undefined;
  /** All concepts that are here; undefined when the system is not enumerable here. */
  readonly all: ReadonlyMap<string, Concept> | undefined;
  readonly caseSensitive: boolean;
  /** Only some of its codes are here. */
  readonly partial: boolean;
  /** Whether `code` is `ancestor` or below it. */
  readonly isA: (code: string, ancestor: string) => boolean;
};

/** Undefined when the content of the system is not here. */
export function codesOf(definitions: Definitions, canonical: string): Codes | undefined {
  const external = externalSystems.get(canonical);
  if (external) return fromExternal(canonical, external);
  const system = definitions.find('CodeSystem', canonical);
  if (!system || !['complete', 'fragment', 'example'].includes(system.content ?? '')) return undefined;
  return fromCodeSystem(system);
}

const fromExternal = (url: string, { has, display }: NonNullable<ReturnType<typeof externalSystems.get>>): Codes => ({
  url,
  version: undefined,
  has,
  concept: (code) =>
    has(code) ? { code, display: display?.(code), names: [], parents: [], properties: {} } : undefined,
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
  if (system.hierarchyMeaning !== 'part-of') for (const name of ['parent', 'subsumedBy']) parentProperties.add(name);
  // Grows while it is walked: children come after their parents, in the order of the system.
  const pending = (system.concept ?? []).map((concept) => ({ concept, above: [] as string[] }));
  for (const { concept, above } of pending) {
    const code = concept.code ?? '';
    all.set(fold(code), conceptOf(concept, above, parentProperties));
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
    isA: (code, ancestor) => reaches(all, fold, code, ancestor),
  };
}

const isParent = (uri: string | undefined, code: string | undefined): boolean =>
  uri === 'http://hl7.org/fhir/concept-properties#parent' || code === 'parent' || code === 'subsumedBy';

function conceptOf(concept: CodeSystemConcept, above: readonly string[], parents: ReadonlySet<string>): Concept {
  const properties: Record<string, unknown[]> = {};
  for (const it of concept.property ?? []) {
    const value = Object.entries(it).find(([name]) => name.startsWith('value'))?.[1];
    if (it.code === undefined) continue;
    properties[it.code] = [...(properties[it.code] ?? []), value];
  }
  const told = [...parents].flatMap((name) => (properties[name] ?? []).filter((it) => typeof it === 'string'));
  return {
    code: concept.code ?? '',
    display: concept.display,
    names: (concept.designation ?? []).flatMap(({ value }) => value ?? []),
    parents: [...above, ...told] as string[],
    properties,
  };
}

/** Upward along the parents; each concept once, so that a circle in a code system ends. */
function reaches(
  all: ReadonlyMap<string, Concept>,
  fold: (code: string) => string,
  code: string,
  ancestor: string,
): boolean {
  const seen = new Set<string>();
  const pending = [fold(code)];
  const goal = fold(ancestor);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === goal) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    for (const parent of all.get(next)?.parents ?? []) pending.push(fold(parent));
  }
  return false;
}
