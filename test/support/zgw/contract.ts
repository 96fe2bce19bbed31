import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const folder = join(import.meta.dirname, '../../../../shared/data/zgw');

/** The published contracts are read in place: their licence is not ours. Tests against them are skipped where they are absent. */
export const hasContracts = existsSync(folder);

type Json = Readonly<Record<string, unknown>>;
type Parameter = { readonly in: string; readonly name: string; readonly required?: boolean; readonly schema?: Json };
type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
};

export type Exchanged = {
  readonly method: string;
  /** Below the root of the API. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
};

/** What of an exchange does not fit the contract of an API; nothing when it fits. */
export type Contract = (exchanged: Exchanged) => readonly string[];

/** OpenAPI permits `nullable` beside a type or a reference, JSON Schema does not. What lies in other files (`_expand`) is not checked. */
const withNull = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value && !String(value.$ref).startsWith('#')) return {};
  if ('discriminator' in value && (value.discriminator as Discriminator).mapping)
    return byDiscriminator(value.discriminator as Discriminator);
  if (!('nullable' in value)) return value;
  const { nullable, ...rest } = value as Json;
  return nullable ? { anyOf: [rest, { type: 'null' }] } : rest;
};

type Discriminator = { readonly propertyName: string; readonly mapping: Readonly<Record<string, string>> };

/** By JSON Schema alone a rol could be of any of its kinds. */
const byDiscriminator = ({ propertyName, mapping }: Discriminator): Json => ({
  required: [propertyName],
  properties: { [propertyName]: { enum: Object.keys(mapping) } },
  allOf: Object.entries(mapping).map(([name, $ref]) => ({
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    ...{ if: { properties: { [propertyName]: { const: name } } }, then: { $ref } },
  })),
});

const opened = new Map<string, Contract>();

export function contractOf(file: 'zaken' | 'documenten'): Contract {
  const known = opened.get(file) ?? openContract(file);
  opened.set(file, known);
  return known;
}

function openContract(file: 'zaken' | 'documenten'): Contract {
  const text = JSON.stringify(parse(readFileSync(join(folder, `${file}.openapi.yaml`), 'utf8')));
  const { paths, components } = JSON.parse(text, withNull) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: Json;
  };
  const templates = Object.keys(paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[0-9a-f-]{36}')}$`),
  }));
  const compiled = new Map<string, ValidateFunction>();
  const errorsOf = (schema: Json, value: unknown, where: string): string[] => {
    const key = JSON.stringify(schema);
    let validate = compiled.get(key);
    if (!validate) {
      const ajv = new Ajv({ strict: false, allErrors: true, discriminator: false });
      addFormats.default(ajv);
      validate = ajv.compile({ ...schema, components });
      compiled.set(key, validate);
    }
    return validate(value) ? [] : (validate.errors ?? []).map((it) => `${where}${it.instancePath} ${it.message}`);
  };
  return ({ method, path, query, headers, body, status, answer }) => {
    const found = templates
      .filter(({ pattern }) => pattern.test(path))
      .toSorted((a, b) => a.path.length - b.path.length)[0];
    const operation = found && paths[found.path]?.[method.toLowerCase()];
    if (!operation) return [`${method} ${path} is no operation of ${file}`];
    const { parameters = [], requestBody, responses } = operation;
    const at = `${method} ${found.path}: `;
    const sent = requestBody?.content['application/json'];
    const said = Object.values(responses[status]?.content ?? {})[0];
    return [
      ...[...query.keys()]
        .filter((name) => !parameters.some((it) => it.in === 'query' && it.name === name))
        .map((name) => `${at}query parameter ${name} is unknown`),
      ...parameters
        .filter((it) => it.in === 'header' && it.required && headers[it.name.toLowerCase()] === undefined)
        .map((it) => `${at}header ${it.name} is missing`),
      ...(sent ? errorsOf(sent.schema, body, `${at}body`) : []),
      ...(responses[status] ? [] : [`${at}answer ${status} is not documented`]),
      ...(said ? errorsOf(said.schema, answer, `${at}answer ${status}`) : []),
    ];
  };
}
