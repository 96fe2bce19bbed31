import type { ConceptMap } from '@medplum/fhirtypes';
import { parseJson } from '../../fhir/json.ts';
import { type Location, ParseError } from '../../fhir/parse-error.ts';
import { literalOf } from '../syntax/expressions.ts';
import { MapSyntaxError, problem } from '../syntax/problem.ts';
import { tokens } from '../syntax/tokens.ts';
import type {
  Argument,
  Constant,
  EmbeddedConceptMap,
  Expression,
  Group,
  Invocation,
  Literal,
  MapFile,
  Metadata,
  Parameter,
  Rule,
  Source,
  Structure,
  Target,
  Transform,
} from '../syntax/tree.ts';

/** Any object of a StructureMap, R4 or R5. */
type Json = Readonly<Record<string, unknown>>;

/** JSON has no lines worth telling: a problem in such a map is found by its group and rule. */
const nowhere = { line: 1, column: 1 } as const;

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

const syntax = (
  path: string,
  at: { line?: number | undefined; column?: number | undefined },
  expected: string,
  found: string,
): MapSyntaxError =>
  new MapSyntaxError([
    problem('map-syntax', { expected, found, suggestion: '' }, { path, line: at.line ?? 1, column: at.column ?? 1 }),
  ]);

const list = (value: unknown): Json[] =>
  Array.isArray(value) ? value.filter((it): it is Json => typeof it === 'object' && it !== null) : [];
const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const expression = (value: unknown): Expression | undefined =>
  typeof value === 'string' ? { text: value, ...nowhere } : undefined;
const comments = ({ documentation }: Json): string[] =>
  typeof documentation === 'string' ? documentation.split('\n') : [];

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

function ruleOf(it: Json): Rule {
  const [sources, targets] = [list(it.source).map(sourceOf), list(it.target).map(targetOf)];
  const [dependents, rules] = [list(it.dependent).map(invocationOf), list(it.rule).map(ruleOf)];
  const bare = list(it.target)[0];
  const identity =
    targets.length === 1 &&
    sources.length === 1 &&
    dependents.length === 0 &&
    rules.length === 0 &&
    sources[0]!.path.length > 0 &&
    targets[0]!.path.length > 0 &&
    targets[0]!.context !== undefined &&
    bare?.transform === 'create' &&
    list(bare.parameter).length === 0;
  const name = string(it.name);
  const common = { ...nowhere, ...(name ? { name } : {}), dependents, rules, comments: comments(it), identity };
  if (!identity) return { ...common, sources, targets };
  const { variable: _source, ...source } = sources[0]!;
  const { variable: _target, transform: _create, ...target } = targets[0]!;
  return { ...common, sources: [source], targets: [target] };
}

const steps = (element: unknown): string[] => (typeof element === 'string' ? element.split('.') : []);
const sourceModes = ['first', 'not_first', 'last', 'not_last', 'only_one'] as const;

function sourceOf(it: Json): Source {
  const max = string(it.max);
  const fallback = defaultOf(it);
  const listMode = sourceModes.find((mode) => mode === it.listMode);
  const [type, variable] = [string(it.type), string(it.variable)];
  const [where, check, log] = [expression(it.condition), expression(it.check), expression(it.logMessage)];
  return {
    ...nowhere,
    context: string(it.context) ?? '',
    path: steps(it.element),
    ...(type ? { type } : {}),
    ...(typeof it.min === 'number' ? { min: it.min } : {}),
    ...(max ? { max: max === '*' ? ('*' as const) : Number(max) } : {}),
    ...(fallback ? { default: fallback } : {}),
    ...(listMode ? { listMode } : {}),
    ...(variable ? { variable } : {}),
    ...(where ? { where } : {}),
    ...(check ? { check } : {}),
    ...(log ? { log } : {}),
  };
}

/** `defaultValue` (R5) and `defaultValueString` as FHIRPath; another `defaultValue[x]` of R4 as its literal. */
function defaultOf(it: Json): Expression | undefined {
  const key = Object.keys(it).find((name) => name.startsWith('defaultValue'));
  const value = key === undefined ? undefined : it[key];
  if (typeof value === 'string')
    return expression(
      key === 'defaultValue' || key === 'defaultValueString' ? value : `'${value.replace(/['\\]/g, '\\$&')}'`,
    );
  return typeof value === 'number' || typeof value === 'boolean' ? expression(String(value)) : undefined;
}

const targetModes = { first: 'first', share: 'share', last: 'last', single: 'single', collate: 'single' } as const;

function targetOf(it: Json): Target {
  const mode = Array.isArray(it.listMode) ? string(it.listMode[0]) : undefined;
  const [context, variable, listRule] = [string(it.context), string(it.variable), string(it.listRuleId)];
  const transform = transformOf(it);
  return {
    ...nowhere,
    ...(context ? { context } : {}),
    path: steps(it.element),
    ...(transform ? { transform } : {}),
    ...(variable ? { variable } : {}),
    ...(mode && mode in targetModes ? { listMode: targetModes[mode as keyof typeof targetModes] } : {}),
    ...(listRule ? { listRule } : {}),
  };
}

function transformOf(it: Json): Transform | undefined {
  const name = string(it.transform);
  if (name === undefined) return undefined;
  const parameters = list(it.parameter);
  const [first] = parameters;
  if (name === 'create' && parameters.length === 0) return undefined;
  if (name === 'copy' && first) return copyOf(first);
  if (name === 'evaluate') {
    const last = parameters.at(-1);
    const text = expression(last?.valueString ?? last?.valueId) ?? { text: '', ...nowhere };
    if (parameters.length < 2) return { kind: 'expression', expression: text };
    return { kind: 'call', name, arguments: [argumentOf(first!), { kind: 'expression', expression: text }] };
  }
  return { kind: 'call', name, arguments: parameters.map(argumentOf) };
}

function copyOf(parameter: Json): Transform {
  const argument = argumentOf(parameter);
  if (argument.kind === 'variable') return { kind: 'copy', variable: argument.name, path: [] };
  return argument.kind === 'literal' ? argument : { kind: 'expression', expression: argument.expression };
}

function argumentOf(parameter: Json): Argument {
  if (typeof parameter.valueId === 'string') return { kind: 'variable', name: parameter.valueId };
  const value = Object.entries(parameter).find(([key]) => key.startsWith('value'))?.[1];
  return literalArgument(typeof value === 'number' || typeof value === 'boolean' ? value : String(value ?? ''));
}

const literalArgument = (value: Literal): Argument & { kind: 'literal' } => ({
  kind: 'literal',
  value,
  text: typeof value === 'string' ? `'${value.replace(/['\\]/g, '\\$&')}'` : String(value),
});

/** R4: names of variables, or literals as written. R5: parameters. */
function invocationOf(it: Json): Invocation {
  const written = Array.isArray(it.variable) ? it.variable.map((text) => writtenArgument(String(text))) : [];
  return { ...nowhere, group: string(it.name) ?? '', arguments: [...written, ...list(it.parameter).map(argumentOf)] };
}

function writtenArgument(text: string): Argument {
  const [word, after] = tokens(text);
  const alone = after?.kind === 'end' ? word : undefined;
  const value = alone === undefined ? undefined : literalOf(alone);
  if (value !== undefined) return literalArgument(value);
  return alone?.kind === 'name'
    ? { kind: 'variable', name: text }
    : { kind: 'expression', expression: { text, ...nowhere } };
}

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

function embeddedOf(map: Json): EmbeddedConceptMap {
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
