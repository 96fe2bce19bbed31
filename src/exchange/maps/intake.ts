import { readChecked } from '../../definitions/checked-yaml.ts';
import { canonicalBase, mgnProfile } from '../../fhir/canonical.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { compileTest } from '../../fhirpath/index.ts';
import { readTable } from '../../mapping/index.ts';
import type { SentMessage } from '../reading/sent-message.ts';
import { mayHold } from './first-look.ts';
import type { Form } from './forms.ts';
import { networkModel } from './models.ts';
import { conditionsOf } from './nearest-form.ts';
import type { PublishedMap } from './published-map.ts';
import { noTaskCodes, type TaskCodes, taskCodesOf } from './task-codes.ts';

type FormEntry = {
  readonly id: string;
  readonly kind: string;
  readonly when: string;
  readonly intake?: string;
  readonly reads?: SentMessage['shape'];
  readonly profiles?: readonly string[];
  readonly map?: string;
  readonly pulled?: true;
  readonly supplies?: {
    readonly 'use-case': readonly {
      readonly 'use-case': string;
      readonly owner?: readonly string[];
      readonly 'owner-type'?: readonly string[];
      readonly 'owner-domain'?: readonly string[];
    }[];
  };
};

type IntakeFile = { readonly 'task-codes'?: string; readonly forms: readonly FormEntry[] };

const texts = { type: 'array', minItems: 1, items: { type: 'string' } };

const schemaFor = (kindNames: readonly string[]) => ({
  type: 'object',
  required: ['forms'],
  additionalProperties: false,
  properties: {
    'task-codes': { type: 'string' },
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
          pulled: { const: true },
          supplies: {
            type: 'object',
            required: ['use-case'],
            additionalProperties: false,
            properties: {
              'use-case': {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'object',
                  required: ['use-case'],
                  additionalProperties: false,
                  properties: {
                    'use-case': { type: 'string' },
                    owner: { type: 'array', minItems: 1, items: { enum: ['none', 'unknown', 'known'] } },
                    'owner-type': texts,
                    'owner-domain': texts,
                  },
                },
              },
            },
          },
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
  const read = readChecked<IntakeFile>(text, path, schemaFor(kindNames));
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

/**
 * The table of codes of other drafts that intake.yaml names, among the files of the set (`mappings/...`). Without one no
 * code is translated. Issue: `intake-form-invalid`.
 */
export function compileTaskCodes(
  text: string,
  path: string,
  kindNames: readonly string[],
  fileAt: (path: string) => string | undefined,
): Result<TaskCodes> {
  const read = readChecked<IntakeFile>(text, path, schemaFor(kindNames));
  if (!read.ok) return success(noTaskCodes);
  const file = read.value.value['task-codes'];
  if (file === undefined) return success(noTaskCodes);
  const place = read.value.placeOf(['task-codes']);
  const csv = fileAt(`mappings/${file}`);
  const wrong = (problem: string) =>
    failure(issue('intake-form-invalid', { file: path, form: 'task-codes', problem }, place));
  if (csv === undefined) return wrong(`table ${file} does not exist`);
  try {
    return success(taskCodesOf(readTable(csv, file)));
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

function formOf(
  { id, kind, when, intake, reads = 'fhir', profiles = [], map: file, pulled, supplies }: FormEntry,
  maps: readonly PublishedMap[],
): Form {
  const holds = (condition: string): Form['recognises'] => {
    const test = compileTest(condition);
    return (message) => test(message, { variables, resource: message, rootResource: message }) === true;
  };
  const conditions = conditionsOf(when).map((it) => ({ text: withCanonical(it), holds: holds(it) }));
  const published = maps.find(({ path }) => path === file);
  if (file !== undefined && !published) throw new Error(`map ${file} does not exist`);
  const model = reads === 'json' && published ? networkModel(published.map.source, published.definitions) : undefined;
  return {
    id,
    kind,
    reads,
    mayRecognise: reads === 'fhir' ? mayHold(when, variables) : () => true,
    recognises: holds(when),
    unmet: (message) => conditions.flatMap((it) => (it.holds(message) ? [] : [it.text])),
    profiles: profiles.map((it) => (it.includes(':') ? it : mgnProfile(it))),
    ...(intake ? { intake } : {}),
    ...(pulled ? { pulled } : {}),
    ...(published ? { map: published.map } : {}),
    ...(model ? { model } : {}),
    ...(supplies
      ? {
          supplies: {
            useCases: supplies['use-case'].map((it) => ({
              useCase: it['use-case'],
              ...(it.owner ? { owner: it.owner } : {}),
              ...(it['owner-type'] ? { ownerTypes: it['owner-type'] } : {}),
              ...(it['owner-domain'] ? { ownerDomains: it['owner-domain'] } : {}),
            })),
          },
        }
      : {}),
  };
}
