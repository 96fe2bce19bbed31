import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ConceptMap } from '@medplum/fhirtypes';
import { compileNetworkMap } from '../exchange/maps/models.ts';
import { isContent, terminologyFor } from '../exchange/maps/terminology.ts';
import { parseJson } from '../fhir/json.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { parseXml } from '../fhir/xml.ts';
import {
  type CompiledMap,
  type CompileOptions,
  formatMap,
  type MapSource,
  readTable,
  type Table,
} from '../mapping/index.ts';
import { profilesPackage } from './own-validator.ts';

/** A map with the other files of its folder: maps to import, tables (CSV), ConceptMaps and models (JSON). */
export type MapFolder = {
  readonly path: string;
  readonly sources: readonly MapSource[];
  readonly tables: readonly Table[];
  readonly conceptMaps: readonly ConceptMap[];
  readonly definitions: readonly Resource[];
  /** ValueSets and CodeSystems: content for memberOf(). */
  readonly valueSets: readonly Resource[];
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
  /** JSON or XML: ConceptMaps, models, value sets. */
  readonly resources: readonly MapSource[];
};

/** With `more`, the definitions of another folder too. */
export function readMapTexts(path: string, more?: string): MapTexts {
  const folder = dirname(path);
  const read = (file: string): MapSource => ({ path: file, text: readFileSync(file, 'utf8') });
  const others = filesIn(folder, isMap).filter((file) => basename(file) !== basename(path));
  const csv = [
    ...filesIn(folder, isCsv),
    ...filesIn(join(folder, 'tables'), isCsv),
    ...filesIn(join(folder, '../tables'), isCsv),
  ];
  const models = [
    folder,
    join(folder, 'models'),
    join(folder, '../models'),
    ...(more === undefined ? [] : foldersIn(more)),
  ];
  const resources = [...new Set(models.flatMap((it) => filesIn(it, isModel)))].map(read).filter(isDefinition);
  return { path, sources: [read(path), ...others.map(read)], tables: csv.map(read), resources };
}

/** Throws MapError. */
export function parseMapTexts({ path, sources, tables, resources: texts }: MapTexts): MapFolder {
  const resources = texts.map(definitionOf);
  return {
    path,
    sources,
    tables: tables.map(({ text, path }) => readTable(text, path)),
    conceptMaps: resources.filter((it): it is Resource & ConceptMap => isType(it, 'ConceptMap')),
    definitions: resources.filter(({ resourceType }) => resourceType === 'StructureDefinition'),
    valueSets: resources.filter(isContent),
  };
}

/**
 * Reads a map file with its folder, the `tables` and `models` folders in it or beside it, and the models of another folder.
 * Throws MapError.
 */
export const readMapFolder = (path: string, more?: string): MapFolder => parseMapTexts(readMapTexts(path, more));

const isCsv = (name: string): boolean => name.endsWith('.csv');
const isModel = (name: string): boolean => name.endsWith('.json') || name.endsWith('.xml');
const definitionTypes = ['StructureDefinition', 'ConceptMap', 'ValueSet', 'CodeSystem'].join('|');
const definition = new RegExp(
  `"resourceType"\\s*:\\s*"(?:${definitionTypes})"|^[^<]*(?:<[?!][^>]*>[^<]*)*<(?:${definitionTypes})[\\s>]`,
);

/** Other files, such as a message, may lie beside the map. */
const isDefinition = ({ text }: MapSource): boolean => definition.test(text.replace(/^\uFEFF/, ''));

function definitionOf({ path, text }: MapSource): Resource {
  const bare = text.replace(/^\uFEFF/, '');
  return path.endsWith('.xml') ? parseXml(bare) : parseJson(bare);
}

/** A folder with all folders in it. */
const foldersIn = (folder: string): string[] => [
  folder,
  ...readdirSync(folder, { withFileTypes: true })
    .filter((it) => it.isDirectory())
    .flatMap(({ name }) => foldersIn(join(folder, name))),
];

const filesIn = (folder: string, matches: (name: string) => boolean): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter(matches)
        .sort()
        .map((name) => join(folder, name))
    : [];

const terminologyWith = terminologyFor([profilesPackage]);

/** The value sets of R4, of the gateway's own profiles and of the folder of the map decide memberOf(), unless others are given. */
export function compileFolder(
  { sources, tables, conceptMaps, definitions, valueSets }: MapFolder,
  options: Pick<CompileOptions, 'strict' | 'terminology'> = {},
): CompiledMap {
  const terminology = terminologyWith(valueSets);
  return compileNetworkMap(sources, { terminology, ...options, tables, conceptMaps, definitions });
}

export const formatFile = (path: string): { readonly before: string; readonly after: string } => {
  const before = readFileSync(path, 'utf8');
  return { before, after: formatMap({ path, text: before }) };
};
