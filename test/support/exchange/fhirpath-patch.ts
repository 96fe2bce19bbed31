import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { applyPathPatch } from '../../../src/exchange/move/patch/fhirpath/apply.ts';
import { readPathPatch } from '../../../src/exchange/move/patch/fhirpath/read.ts';

export type Values = Readonly<Record<string, unknown>>;

/** `{ type: 'add', path, name, value: { valueCode: 'x' } }` as the Parameters that carry it. */
export function parametersOf(operations: readonly Values[]): Parameters {
  const parts = ({ type, path, name, value, ...numbers }: Values): ParametersParameter[] => [
    ...(type === undefined ? [] : [{ name: 'type', valueCode: type as string }]),
    ...(path === undefined ? [] : [{ name: 'path', valueString: path as string }]),
    ...(name === undefined ? [] : [{ name: 'name', valueString: name as string }]),
    ...(value === undefined ? [] : [{ ...(value as ParametersParameter), name: 'value' }]),
    ...Object.entries(numbers).map(([key, it]) => ({ name: key, valueInteger: it as number })),
  ];
  return { resourceType: 'Parameters', parameter: operations.map((it) => ({ name: 'operation', part: parts(it) })) };
}

/** What a patch makes of a resource, or the rule by which it is refused. */
export function patched(resource: object, patch: Parameters): unknown {
  const read = readPathPatch(patch);
  if (!read.ok) return read.issues[0]?.rule;
  const made = applyPathPatch(resource, read.value);
  return made.ok ? made.value : made.issues[0]?.rule;
}

export const task = {
  resourceType: 'Task',
  id: 'one',
  status: 'requested',
  intent: 'order',
  identifier: [
    { system: 'urn:a', value: '1' },
    { system: 'urn:b', value: '2' },
  ],
  note: [{ text: 'first' }, { text: 'second', authorString: 'A. Voorbeeld' }],
  output: [{ type: { text: 'Outcome' }, valueString: 'done' }],
};
export const text = (it: string) => ({ valueAnnotation: { text: it } });
