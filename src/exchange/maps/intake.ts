import { readChecked } from '../../definitions/checked-yaml.ts';
import { canonicalBase, mgnProfile } from '../../fhir/canonical.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { compileTest } from '../../fhirpath/index.ts';
import type { SentMessage } from '../reading/sent-message.ts';
import type { Form } from './forms.ts';
import { conditionsOf } from './nearest-form.ts';
import type { PublishedMap } from './published-map.ts';

type FormEntry = {
  readonly id: string;
  readonly kind: string;
  readonly when: string;
  readonly intake?: string;
  readonly reads?: SentMessage['shape'];
  readonly profiles?: readonly string[];
  readonly map?: string;
};

const schemaFor = (kindNames: readonly string[]) => ({
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
          kind: { enum: kindNames },
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
});

/** `%mgn` in a condition is the canonical base of the gateway. */
const variables = { mgn: canonicalBase };

/** A condition as a sender reads it: with the canonical base in the place of its variable. */
const withCanonical = (condition: string): string =>
  condition.replace(/%mgn \+ '/g, `'${canonicalBase}`).replaceAll('%mgn', `'${canonicalBase}'`);

/**
 * The forms of mappings/intake.yaml with their conditions compiled, each with its map of `maps` and a kind of
 * `kindNames`. Reports the mistakes of all forms at once, with file and line.
 */
export function compileIntake(
  text: string,
  path: string,
  maps: readonly PublishedMap[],
  kindNames: readonly string[],
): Result<readonly Form[]> {
  const read = readChecked<{ readonly forms: readonly FormEntry[] }>(text, path, schemaFor(kindNames));
  if (!read.ok) return read;
  const forms = read.value.value.forms.map((entry, index): Result<Form> => {
    const place = read.value.placeOf(['forms', index, 'id']);
    try {
      return success(formOf(entry, maps));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return failure(issue('intake-form-invalid', { file: path, form: entry.id, problem }, place));
    }
  });
  const wrong: Issue[] = forms.flatMap((it) => (it.ok ? [] : it.issues));
  return wrong.length ? failure(...wrong) : success(forms.flatMap((it) => (it.ok ? [it.value] : [])));
}

function formOf(
  { id, kind, when, intake, reads = 'fhir', profiles = [], map: file }: FormEntry,
  maps: readonly PublishedMap[],
): Form {
  const holds = (condition: string): Form['recognises'] => {
    const test = compileTest(condition);
    return (message) => test(message, { variables, resource: message, rootResource: message }) === true;
  };
  const conditions = conditionsOf(when).map((it) => ({ text: withCanonical(it), holds: holds(it) }));
  const published = maps.find(({ path }) => path === file);
  if (file !== undefined && !published) throw new Error(`map ${file} does not exist`);
  return {
    id,
    kind,
    reads,
    recognises: holds(when),
    unmet: (message) => conditions.flatMap((it) => (it.holds(message) ? [] : [it.text])),
    profiles: profiles.map((it) => (it.includes(':') ? it : mgnProfile(it))),
    ...(intake ? { intake } : {}),
    ...(published ? { map: published.map } : {}),
  };
}
