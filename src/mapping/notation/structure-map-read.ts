import { parseJson } from '../../fhir/json.ts';
import { type Location, ParseError } from '../../fhir/parse-error.ts';
import { MapSyntaxError, problem } from '../syntax/problem.ts';
import type { Constant, Group, MapFile, Metadata, Parameter, Rule, Structure } from '../syntax/tree.ts';
import { embeddedOf } from './structure-map-concepts.ts';
import { comments, type Json, list, nowhere, string, syntax } from './structure-map-json.ts';
import { ruleOf } from './structure-map-rules.ts';

/** Reads a StructureMap in JSON. Throws MapSyntaxError when it is none. */
export function fromStructureMap(text: string, path: string): MapFile {
  const map = jsonOf(text, path);
  if (map.resourceType !== 'StructureMap') throw syntax(path, nowhere, 'a StructureMap', 'another resource');
  const groups = list(map.group).map(groupOf);
  if (groups.length === 0) throw new MapSyntaxError([problem('map-empty', {}, { path, ...nowhere })]);
  const isSourceless = (rule: Rule): boolean => rule.sources.length === 0 || rule.rules.some(isSourceless);
  if (groups.some(({ rules }) => rules.some(isSourceless)))
    throw syntax(path, nowhere, 'a source in every rule', 'a rule without one');
  return {
    path,
    url: string(map.url) ?? '',
    name: string(map.name) ?? '',
    metadata: metadataOf(map),
    conceptMaps: list(map.contained)
      .filter((it) => it.resourceType === 'ConceptMap')
      .map(embeddedOf),
    structures: list(map.structure).map(structureOf),
    imports: (Array.isArray(map.import) ? map.import : []).map((url) => ({
      url: String(url),
      ...nowhere,
      comments: [],
    })),
    constants: constantsOf(map),
    groups,
    comments: [],
    end: [],
  };
}

function jsonOf(text: string, path: string): Json {
  try {
    return parseJson(text) as unknown as Json;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw syntax(path, error as Location, 'JSON', 'something else');
  }
}

const plain = [
  'id',
  'version',
  'title',
  'status',
  'experimental',
  'date',
  'publisher',
  'description',
  'purpose',
  'copyright',
];

const metadataOf = (map: Json): Metadata[] =>
  plain.flatMap((name) => {
    const value = map[name];
    return typeof value === 'string' || typeof value === 'boolean' ? [{ ...nowhere, path: [name], value }] : [];
  });

const modes = ['source', 'queried', 'target', 'produced'] as const;

function structureOf(it: Json): Structure {
  const alias = string(it.alias);
  return {
    ...nowhere,
    url: string(it.url) ?? '',
    mode: modes.find((mode) => mode === it.mode) ?? 'source',
    ...(alias ? { alias } : {}),
    comments: comments(it),
  };
}

/** R5 has them as `const`, an R4 resource in the cross-version extension. */
function constantsOf(map: Json): Constant[] {
  const own = list(map.const).map(({ name, value }) => [name, value]);
  const extended = list(map.extension)
    .filter(({ url }) => string(url)?.endsWith('StructureMap.const'))
    .map(({ extension }) => {
      const part = (url: string): Json | undefined => list(extension).find((it) => it.url === url);
      return [part('name')?.valueId, part('value')?.valueString];
    });
  return [...own, ...extended].map(([name, value]) => ({
    ...nowhere,
    name: String(name),
    expression: { text: String(value), ...nowhere },
    comments: [],
  }));
}

function groupOf(it: Json): Group {
  const parent = string(it.extends);
  const typeMode = it.typeMode === 'types' ? 'types' : it.typeMode === 'type-and-types' ? 'type+' : undefined;
  return {
    ...nowhere,
    name: string(it.name) ?? '',
    parameters: list(it.input).map((input): Parameter => {
      const type = string(input.type);
      return {
        ...nowhere,
        name: string(input.name) ?? '',
        mode: input.mode === 'target' ? 'target' : 'source',
        ...(type ? { type } : {}),
      };
    }),
    ...(parent ? { extends: parent } : {}),
    ...(typeMode ? { typeMode } : {}),
    rules: list(it.rule).map(ruleOf),
    comments: comments(it),
  };
}
