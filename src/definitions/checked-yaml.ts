import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { type Details, type Issue, issue, type Place } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { formOf } from './value-forms.ts';

/** Keys and indexes from the root: `['partners', 0, 'tokens']`. */
export type Path = readonly (string | number)[];

/** A configuration file that fits its JSON Schema, and where each of its values stands. */
export type CheckedFile<T> = {
  readonly value: T;
  readonly file: string;
  readonly placeOf: (path: Path) => Place;
};

const ajv = new Ajv({ allErrors: true, verbose: true });
addFormats.default(ajv);
const compiled = new Map<object, ValidateFunction>();

/**
 * Reads YAML (or JSON, which is YAML too) and checks it by a JSON Schema. All mistakes are reported at once:
 * `config-syntax`, `config-key-missing`, `config-key-unknown`, `config-value-invalid`, each with line and column.
 */
export function readChecked<T>(text: string, file: string, schema: object): Result<CheckedFile<T>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    return failure(
      ...document.errors.map(({ message, pos }) =>
        issue('config-syntax', { file, problem: message }, at(lines, pos[0])),
      ),
    );
  const placeOf = (path: Path): Place => ({ expression: pathText(path), ...position(document, lines, path) });
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  if (validate(value)) return success({ value: value as T, file, placeOf });
  const issues = (validate.errors ?? []).flatMap((error) => issueOf(error, file, placeOf) ?? []);
  return failure(...issues);
}

/** `partners[0].tokens`; the root is `the file`. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${key}` : key),
    '',
  ) || 'the file';

function issueOf(error: ErrorObject, file: string, placeOf: (path: Path) => Place): Issue | undefined {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((it) => it.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((it) => (/^\d+$/.test(it) ? Number(it) : it));
  const where = { file, path: pathText(path) };
  switch (error.keyword) {
    case 'required':
      return issue('config-key-missing', { ...where, key: error.params.missingProperty }, placeOf(path));
    case 'additionalProperties': {
      const key: string = error.params.additionalProperty;
      const known = Object.keys(error.parentSchema?.properties ?? {}).join(', ');
      return issue('config-key-unknown', { ...where, key, known }, placeOf([...path, key]));
    }
    // these only say that a branch failed; the branch itself says why
    case 'if':
    case 'anyOf':
    case 'oneOf':
      return undefined;
    case 'pattern': {
      const form = formOf(String(error.schema));
      return form
        ? issue('config-form-invalid', { ...where, ...form } as Details<'config-form-invalid'>, placeOf(path))
        : issue('config-value-invalid', { ...where, wanted: wanted(error) }, placeOf(path));
    }
    default:
      return issue('config-value-invalid', { ...where, wanted: wanted(error) }, placeOf(path));
  }
}

/** What a schema asks, in a notation that is no language. */
function wanted({ keyword, schema, message }: ErrorObject): string {
  if (keyword === 'enum') return (schema as readonly string[]).join(' | ');
  if (keyword === 'false schema') return 'absent';
  if (keyword === 'const') return JSON.stringify(schema);
  if (keyword === 'pattern') return `/${schema}/`;
  if (keyword === 'type' || keyword === 'format') return String(schema);
  if (keyword === 'minimum') return `>= ${schema}`;
  if (keyword === 'maximum') return `<= ${schema}`;
  const counted = /^(min|max)(Properties|Items|Length)$/.exec(keyword);
  if (counted) return `${counted[1] === 'min' ? '>=' : '<='} ${schema} ${counted[2]?.toLowerCase()}`;
  return message ?? keyword;
}

const at = (lines: LineCounter, offset: number): Place => {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
};

/** The key where there is one, else the value; of what is not there, the nearest that holds it. */
function position(document: Document, lines: LineCounter, path: Path): Place {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true) ?? document.contents;
    const key = path[depth - 1];
    const pair = isMap(parent) ? parent.items.find((it) => isScalar(it.key) && it.key.value === key) : undefined;
    const node = pair ? pair.key : document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return at(lines, node.range[0]);
  }
  return { line: 1, column: 1 };
}
