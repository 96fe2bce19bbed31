import type { ConceptMap } from '@medplum/fhirtypes';
import type { EmbeddedConceptMap } from '../syntax/tree.ts';

export type Concept = { readonly system?: string; readonly code: string; readonly display?: string };

/** Handling of a code that a table does not contain. */
export type UnmappedHandling = 'refuse' | 'text' | 'queue';

/** A code translation, compiled to an index. */
export type Table = {
  readonly name: string;
  /** Targets of a code, best first; for a code without a system, those of any group. Undefined: not in the table. */
  readonly find: (code: Concept) => readonly Concept[] | undefined;
  readonly unmapped: UnmappedHandling;
  /** A code with two targets of the same standing, if there is one: a translation would be arbitrary. */
  readonly ambiguous?: string | undefined;
  /** Every target of its lines. */
  readonly targets?: readonly Concept[];
};

/** R4 equivalences and R5 relationships that state the absence of a target. */
const without = new Set(['unmatched', 'disjoint', 'not-related-to']);

type Line = {
  readonly sourceSystem: string | undefined;
  readonly source: string;
  readonly target: Concept | undefined;
};

/** Lines whose code has a different target before; `group` separates lines that may differ. */
export const ambiguousLines = <T extends Line>(lines: Iterable<T>, group: (line: T) => string = () => ''): T[] => {
  const targets = new Map<string, string>();
  return [...lines].filter((line) => {
    if (!line.target) return false;
    const key = JSON.stringify([line.sourceSystem ?? '', line.source, group(line)]);
    const target = JSON.stringify([line.target.system ?? '', line.target.code]);
    const before = targets.get(key) ?? target;
    targets.set(key, before);
    return before !== target;
  });
};

/** Equivalences by their standing (https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html), R5's relationships beside them. */
const standing: Readonly<Record<string, number>> = {
  equal: 0,
  equivalent: 0,
  wider: 2,
  subsumes: 2,
  'source-is-narrower-than-target': 2,
  narrower: 3,
  specializes: 3,
  inexact: 3,
  'source-is-broader-than-target': 3,
};
const standingOf = ({ equivalence = '', relationship = '' }: { equivalence?: string; relationship?: string }): number =>
  standing[equivalence || relationship] ?? 1;

export function buildTable(
  name: string,
  lines: Iterable<Line>,
  unmapped: UnmappedHandling,
  otherwise?: Table['find'],
  ambiguous?: string,
): Table {
  const bySystem = new Map<string, Concept[]>();
  const byCode = new Map<string, Concept[]>();
  const add = (index: Map<string, Concept[]>, key: string, target: Concept | undefined): void => {
    const targets = index.get(key);
    if (!targets) index.set(key, target ? [target] : []);
    else if (target) targets.push(target);
  };
  for (const { sourceSystem, source, target } of lines) {
    add(bySystem, `${sourceSystem ?? ''}|${source}`, target);
    add(byCode, source, target);
  }
  const find: Table['find'] = (code) => {
    const found =
      code.system === undefined
        ? byCode.get(code.code)
        : (bySystem.get(`${code.system}|${code.code}`) ?? bySystem.get(`|${code.code}`));
    return found ?? otherwise?.(code);
  };
  const targets = [...byCode.values()].flat();
  return { name, find, unmapped, targets, ...(ambiguous === undefined ? {} : { ambiguous }) };
}

type Mapping = EmbeddedConceptMap['mappings'][number];

/** The target of a mapping; undefined when it states that there is none. */
export const targetOf = ({ equivalence, targetSystem, target }: Mapping): Concept | undefined =>
  without.has(equivalence) ? undefined : { system: targetSystem, code: target };

export function embeddedTable({ name, mappings }: EmbeddedConceptMap): Table {
  const lines = mappings.map((it) => ({
    sourceSystem: it.sourceSystem,
    source: it.source,
    target: targetOf(it),
  }));
  return buildTable(`#${name}`, lines, 'queue');
}

/** A ConceptMap (https://hl7.org/fhir/R4/conceptmap.html), all groups and their `unmapped`; `other` finds the map of an `other-map`. */
export function conceptMapTable(map: ConceptMap, other: (url: string) => Table | undefined): Table {
  const lines: Line[] = [];
  let ambiguous: string | undefined;
  for (const { source: sourceSystem, target: system, element } of map.group ?? []) {
    for (const { code: source, target } of element ?? []) {
      if (source === undefined) continue;
      const usable = (target ?? [])
        .filter((it) => it.code !== undefined && !without.has(it.equivalence ?? ''))
        .sort((a, b) => standingOf(a) - standingOf(b));
      const best = usable.filter((it) => standingOf(it) === standingOf(usable[0]!));
      if (new Set(best.map((it) => it.code)).size > 1) ambiguous ??= source;
      if (usable.length === 0) lines.push({ sourceSystem, source, target: undefined });
      for (const { code, display } of usable) {
        lines.push({
          sourceSystem,
          source,
          target: { ...(system ? { system } : {}), code: code!, ...(display ? { display } : {}) },
        });
      }
    }
  }
  return buildTable(map.url ?? map.id ?? '', lines, 'queue', otherwise(map, other), ambiguous);
}

/** ConceptMap.group.unmapped: the same code, a fixed one, or another map. */
function otherwise(map: ConceptMap, other: (url: string) => Table | undefined): Table['find'] | undefined {
  const groups = (map.group ?? []).filter(({ unmapped }) => unmapped);
  if (groups.length === 0) return undefined;
  return (code) => {
    for (const { source, target: system, unmapped } of groups) {
      if (code.system !== undefined && source !== undefined && source !== code.system) continue;
      const into = system ? { system } : {};
      if (unmapped!.mode === 'provided')
        return [{ ...into, code: code.code, ...(code.display ? { display: code.display } : {}) }];
      if (unmapped!.mode === 'fixed')
        return [{ ...into, code: unmapped!.code ?? '', ...(unmapped!.display ? { display: unmapped!.display } : {}) }];
      const found = other(unmapped!.url ?? '')?.find(code);
      if (found) return found;
    }
    return undefined;
  };
}
