import type { ConceptMap } from '@medplum/fhirtypes';
import { conceptMapTable, type Table } from './table.ts';
export function tableLookup(
  conceptMaps: readonly ConceptMap[],
  tables: readonly Table[],
): (name: string) => Table | undefined {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const find = (name: string): Table | undefined => {
    const existing = byName.get(name) ?? byName.get(name.replace(/\|.*$/, ''));
    if (existing) return existing;
    const map = conceptMaps.find(
      ({ url, id }) =>
        url === name || (url !== undefined && url === name.replace(/\|.*$/, '')) || `ConceptMap/${id}` === name,
    );
    if (!map) return undefined;
    const table = conceptMapTable(map, find);
    byName.set(name, table);
    return table;
  };
  return find;
}
