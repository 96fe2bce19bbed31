import { canonicalBase, mgnProfile } from '../fhir/canonical.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { compileTest } from '../fhirpath/index.ts';
import { compileMap, MapError } from '../mapping/index.ts';
import { readChecked } from '../routing/checked-yaml.ts';
import type { Form } from './forms.ts';
import { type KindName, kinds } from './kinds.ts';

type Told = {
  readonly id: string;
  readonly kind: KindName;
  readonly when: string;
  readonly profiles?: readonly string[];
  readonly map?: readonly string[];
};

const schema = {
  type: 'object',
  required: ['forms'],
  additionalProperties: false,
  properties: {
    forms: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['id', 'kind', 'when'],
        additionalProperties: false,
        properties: {
          id: { type: 'string', pattern: '^[a-z][a-z0-9-]*$' },
          kind: { enum: Object.keys(kinds) },
          when: { type: 'string' },
          profiles: { type: 'array', items: { type: 'string' } },
          map: { type: 'array', minItems: 1, items: { type: 'string' } },
        },
      },
    },
  },
};

/** `%mgn` in a condition is the canonical base of the gateway. */
const variables = { mgn: canonicalBase };

/**
 * The forms of mappings/intake.yaml, their conditions and maps compiled. `readMap` gives the text of a map file.
 * All mistakes of all forms are told at once, with file and line.
 */
export function compileIntake(text: string, path: string, readMap: (path: string) => string): Result<readonly Form[]> {
  const read = readChecked<{ readonly forms: readonly Told[] }>(text, path, schema);
  if (!read.ok) return read;
  const made = read.value.value.forms.map((told, index): Result<Form> => {
    const place = read.value.placeOf(['forms', index, 'id']);
    try {
      return success(formOf(told, readMap));
    } catch (error) {
      if (error instanceof MapError) return failure(...error.problems);
      const problem = error instanceof Error ? error.message : String(error);
      return failure(issue('intake-form-broken', { file: path, form: told.id, problem }, place));
    }
  });
  const wrong: Issue[] = made.flatMap((it) => (it.ok ? [] : it.issues));
  return wrong.length ? failure(...wrong) : success(made.flatMap((it) => (it.ok ? [it.value] : [])));
}

function formOf({ id, kind, when, profiles = [], map }: Told, readMap: (path: string) => string): Form {
  const test = compileTest(when);
  return {
    id,
    kind,
    recognises: (resource) => test(resource, { variables, resource, rootResource: resource }) === true,
    profiles: profiles.map((it) => (it.includes(':') ? it : mgnProfile(it))),
    ...(map ? { map: compileMap(map.map((path) => ({ path, text: readMap(path) }))) } : {}),
  };
}
