import type { ConceptMap } from '@medplum/fhirtypes';
import { conceptMapTable, type Table } from './table.ts';
export function tableFinder(
  conceptMaps: readonly ConceptMap[],
  tables: readonly Table[],
): (name: string) => Table | undefined {
  const made = new Map(tables.map((table) => [table.name, table]));
  const find = (name: string): Table | undefined => {
    const known = made.get(name) ?? made.get(name.replace(/\|.*$/, ''));
    if (known) return known;
    const map = conceptMaps.find(
      ({ url, id }) =>
        url === name || (url !== undefined && url === name.replace(/\|.*$/, '')) || `ConceptMap/${id}` === name,
    );
    if (!map) return undefined;
    const table = conceptMapTable(map, find);
    made.set(name, table);
    return table;
  };
  return find;
}
