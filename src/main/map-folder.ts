import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ConceptMap } from '@medplum/fhirtypes';
import { compileNetworkMap } from '../exchange/maps/models.ts';
import { parseJson } from '../fhir/json.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { type CompiledMap, formatMap, type MapSource, readTable, type Table } from '../mapping/index.ts';

/** A map with the other files of its folder: maps to import, tables (CSV), ConceptMaps and models (JSON). */
export type MapFolder = {
  readonly path: string;
  readonly sources: readonly MapSource[];
  readonly tables: readonly Table[];
  readonly conceptMaps: readonly ConceptMap[];
  readonly definitions: readonly Resource[];
};

const isMap = (name: string): boolean => name.endsWith('.fml') || name.endsWith('.map');

/** Map files at a path: the file itself, or each map of a folder that no other map in it imports. */
export function mapFilesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const own = readdirSync(path).filter(isMap).sort();
  const texts = own.map((name) => readFileSync(join(path, name), 'utf8'));
  const imported = (text: string): boolean => {
    const url = /^(?:\/\/\/[ \t]+url[ \t]*=|map)[ \t]*['"]([^'"]+)['"]/m.exec(text)?.[1];
    return (
      url !== undefined &&
      texts.some((other) => other.includes(`imports "${url}"`) || other.includes(`imports '${url}'`))
    );
  };
  const entries = own.filter((_, at) => !imported(texts[at]!)).map((name) => join(path, name));
  const inner = readdirSync(path, { withFileTypes: true })
    .filter((it) => it.isDirectory() && it.name !== 'tests' && it.name !== 'tables' && it.name !== 'models')
    .flatMap(({ name }) => mapFilesAt(join(path, name)));
  return [...entries, ...inner];
}

/** The texts of a map file, of its folder, and of the `tables` and `models` folders in it or beside it. */
export type MapTexts = {
  readonly path: string;
  readonly sources: readonly MapSource[];
  /** CSV. */
  readonly tables: readonly MapSource[];
  /** JSON: ConceptMaps and models. */
  readonly resources: readonly MapSource[];
};

export function readMapTexts(path: string): MapTexts {
  const folder = dirname(path);
  const read = (file: string): MapSource => ({ path: file, text: readFileSync(file, 'utf8') });
  const others = filesIn(folder, isMap).filter((file) => basename(file) !== basename(path));
  const csv = [
    ...filesIn(folder, isCsv),
    ...filesIn(join(folder, 'tables'), isCsv),
    ...filesIn(join(folder, '../tables'), isCsv),
  ];
  const json = [
    ...filesIn(folder, isJson),
    ...filesIn(join(folder, 'models'), isJson),
    ...filesIn(join(folder, '../models'), isJson),
  ];
  return { path, sources: [read(path), ...others.map(read)], tables: csv.map(read), resources: json.map(read) };
}

/** Throws MapError. */
export function parseMapTexts({ path, sources, tables, resources: texts }: MapTexts): MapFolder {
  const resources = texts.map(({ text }) => parseJson(text));
  return {
    path,
    sources,
    tables: tables.map(({ text, path }) => readTable(text, path)),
    conceptMaps: resources.filter((it): it is Resource & ConceptMap => isType(it, 'ConceptMap')),
    definitions: resources.filter(({ resourceType }) => resourceType === 'StructureDefinition'),
  };
}

/** Reads a map file with its folder, and the `tables` and `models` folders in it or beside it. Throws MapError. */
export const readMapFolder = (path: string): MapFolder => parseMapTexts(readMapTexts(path));

const isCsv = (name: string): boolean => name.endsWith('.csv');
const isJson = (name: string): boolean => name.endsWith('.json');

const filesIn = (folder: string, matches: (name: string) => boolean): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter(matches)
        .sort()
        .map((name) => join(folder, name))
    : [];

export const compileFolder = ({ sources, tables, conceptMaps, definitions }: MapFolder): CompiledMap =>
  compileNetworkMap(sources, { tables, conceptMaps, definitions });

export const formatFile = (path: string): { readonly before: string; readonly after: string } => {
  const before = readFileSync(path, 'utf8');
  return { before, after: formatMap({ path, text: before }) };
};
