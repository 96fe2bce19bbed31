import type { ConceptMap } from '@medplum/fhirtypes';
import type { EmbeddedConceptMap } from '../syntax/tree.ts';
import { type Json, nowhere, objectsOf, textOf } from './structure-map-json.ts';
export function conceptMapOf({ name, mappings }: EmbeddedConceptMap): ConceptMap {
  const bySystems = new Map<string, EmbeddedConceptMap['mappings'][number][]>();
  for (const mapping of mappings) {
    const key = `${mapping.sourceSystem} ${mapping.targetSystem}`;
    const same = bySystems.get(key);
    if (same) same.push(mapping);
    else bySystems.set(key, [mapping]);
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
  const mappings = objectsOf(map.group).flatMap((group) =>
    objectsOf(group.element).flatMap((element) =>
      objectsOf(element.target).map((target) => ({
        ...nowhere,
        sourceSystem: textOf(group.source) ?? '',
        source: textOf(element.code) ?? '',
        targetSystem: textOf(group.target) ?? '',
        target: textOf(target.code) ?? '',
        equivalence: textOf(target.equivalence) ?? textOf(target.relationship) ?? 'equivalent',
      })),
    ),
  );
  return { ...nowhere, name: textOf(map.id) ?? '', mappings, comments: [] };
}
