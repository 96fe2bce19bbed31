import { parseJson } from '../../fhir/json.ts';
import { type Location, ParseError } from '../../fhir/parse-error.ts';
import { MapSyntaxError, problem } from '../syntax/problem.ts';
import type { Constant, Group, MapFile, Metadata, Parameter, Rule, Structure } from '../syntax/tree.ts';
import { embeddedOf } from './structure-map-concepts.ts';
import { comments, type Json, nowhere, objectsOf, syntaxError, textOf } from './structure-map-json.ts';
import { ruleOf } from './structure-map-rules.ts';

/** Reads a StructureMap in JSON. Throws MapSyntaxError when the text is not one. */
export function fromStructureMap(text: string, path: string): MapFile {
  const map = jsonOf(text, path);
  if (map.resourceType !== 'StructureMap') throw syntaxError(path, nowhere, 'a StructureMap', 'another resource');
  const groups = objectsOf(map.group).map(groupOf);
  if (groups.length === 0) throw new MapSyntaxError([problem('map-empty', {}, { path, ...nowhere })]);
  const isSourceless = (rule: Rule): boolean => rule.sources.length === 0 || rule.rules.some(isSourceless);
  if (groups.some(({ rules }) => rules.some(isSourceless)))
    throw syntaxError(path, nowhere, 'a source in every rule', 'a rule without one');
  return {
    path,
    url: textOf(map.url) ?? '',
    name: textOf(map.name) ?? '',
    metadata: metadataOf(map),
    conceptMaps: objectsOf(map.contained)
      .filter((it) => it.resourceType === 'ConceptMap')
      .map(embeddedOf),
    structures: objectsOf(map.structure).map(structureOf),
    imports: (Array.isArray(map.import) ? map.import : []).map((url) => ({
      url: String(url),
      ...nowhere,
      comments: [],
    })),
    constants: constantsOf(map),
    groups,
    comments: [],
    end: [],
    doubtfulComments: [],
  };
}

function jsonOf(text: string, path: string): Json {
  try {
    return parseJson(text) as unknown as Json;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw syntaxError(path, error as Location, 'JSON', 'something else');
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
  const alias = textOf(it.alias);
  return {
    ...nowhere,
    url: textOf(it.url) ?? '',
    urlAt: nowhere,
    mode: modes.find((mode) => mode === it.mode) ?? 'source',
    ...(alias ? { alias } : {}),
    comments: comments(it),
  };
}

/** Constants: `const` in R5, the cross-version extension in R4. */
function constantsOf(map: Json): Constant[] {
  const own = objectsOf(map.const).map(({ name, value }) => [name, value]);
  const extended = objectsOf(map.extension)
    .filter(({ url }) => textOf(url)?.endsWith('StructureMap.const'))
    .map(({ extension }) => {
      const part = (url: string): Json | undefined => objectsOf(extension).find((it) => it.url === url);
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
  const parent = textOf(it.extends);
  const typeMode = it.typeMode === 'types' ? 'types' : it.typeMode === 'type-and-types' ? 'type+' : undefined;
  return {
    ...nowhere,
    name: textOf(it.name) ?? '',
    parameters: objectsOf(it.input).map((input): Parameter => {
      const type = textOf(input.type);
      return {
        ...nowhere,
        name: textOf(input.name) ?? '',
        mode: input.mode === 'target' ? 'target' : 'source',
        ...(type ? { type } : {}),
      };
    }),
    ...(parent ? { extends: parent } : {}),
    ...(typeMode ? { typeMode } : {}),
    rules: objectsOf(it.rule).map(ruleOf),
    comments: comments(it),
  };
}
