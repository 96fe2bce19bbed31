import type { ConceptMap } from '@medplum/fhirtypes';
import type { EmbeddedConceptMap } from '../syntax/tree.ts';
import { type Json, list, nowhere, string } from './structure-map-json.ts';
export function conceptMapOf({ name, mappings }: EmbeddedConceptMap): ConceptMap {
  const bySystems = new Map<string, EmbeddedConceptMap['mappings'][number][]>();
  for (const mapping of mappings) {
    const key = `${mapping.sourceSystem} ${mapping.targetSystem}`;
    bySystems.set(key, [...(bySystems.get(key) ?? []), mapping]);
  }
  return {
    resourceType: 'ConceptMap',
    id: name,
    status: 'draft',
    group: [...bySystems.values()].map((members) => ({
      source: members[0]!.sourceSystem,
      target: members[0]!.targetSystem,
      element: members.map(({ source, target, equivalence }) => ({
        code: source,
        target: [{ code: target, equivalence: equivalence as 'equivalent' }],
      })),
    })),
  };
}

export function embeddedOf(map: Json): EmbeddedConceptMap {
  const mappings = list(map.group).flatMap((group) =>
    list(group.element).flatMap((element) =>
      list(element.target).map((target) => ({
        sourceSystem: string(group.source) ?? '',
        source: string(element.code) ?? '',
        targetSystem: string(group.target) ?? '',
        target: string(target.code) ?? '',
        equivalence: string(target.equivalence) ?? string(target.relationship) ?? 'equivalent',
      })),
    ),
  );
  return { ...nowhere, name: string(map.id) ?? '', mappings, comments: [] };
}
