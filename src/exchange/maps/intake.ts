import { canonicalBase, mgnProfile } from '../../fhir/canonical.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { compileTest } from '../../fhirpath/index.ts';
import { readChecked } from '../../routing/checked-yaml.ts';
import { type KindName, kinds } from '../kinds.ts';
import type { Sent } from '../reading/sent-message.ts';
import type { Form } from './forms.ts';
import type { PublishedMap } from './published-map.ts';

type Told = {
  readonly id: string;
  readonly kind: KindName;
  readonly when: string;
  readonly intake?: string;
  readonly reads?: Sent['shape'];
  readonly profiles?: readonly string[];
  readonly map?: string;
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
          intake: { type: 'string', pattern: '^[a-z][a-z0-9-]*$' },
          reads: { enum: ['hl7-v2', 'json'] },
          profiles: { type: 'array', items: { type: 'string' } },
          map: { type: 'string' },
        },
        dependencies: { intake: ['reads', 'map'], reads: ['intake'] },
      },
    },
  },
};

/** `%mgn` in a condition is the canonical base of the gateway. */
const variables = { mgn: canonicalBase };

/**
 * The forms of mappings/intake.yaml, their conditions compiled, each with its map of `maps`.
 * All mistakes of all forms are told at once, with file and line.
 */
export function compileIntake(text: string, path: string, maps: readonly PublishedMap[]): Result<readonly Form[]> {
  const read = readChecked<{ readonly forms: readonly Told[] }>(text, path, schema);
  if (!read.ok) return read;
  const made = read.value.value.forms.map((told, index): Result<Form> => {
    const place = read.value.placeOf(['forms', index, 'id']);
    try {
      return success(formOf(told, maps));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return failure(issue('intake-form-broken', { file: path, form: told.id, problem }, place));
    }
  });
  const wrong: Issue[] = made.flatMap((it) => (it.ok ? [] : it.issues));
  return wrong.length ? failure(...wrong) : success(made.flatMap((it) => (it.ok ? [it.value] : [])));
}

function formOf(
  { id, kind, when, intake, reads = 'fhir', profiles = [], map: file }: Told,
  maps: readonly PublishedMap[],
): Form {
  const test = compileTest(when);
  const published = maps.find(({ path }) => path === file);
  if (file !== undefined && !published) throw new Error(`there is no map ${file}`);
  return {
    id,
    kind,
    reads,
    recognises: (message) => test(message, { variables, resource: message, rootResource: message }) === true,
    profiles: profiles.map((it) => (it.includes(':') ? it : mgnProfile(it))),
    ...(intake ? { intake } : {}),
    ...(published ? { map: published.map } : {}),
  };
}
