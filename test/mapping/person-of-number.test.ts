import { join } from 'node:path';
import type { Bundle, Patient } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { compileFolder, readMapFolder } from '../../src/main/map-folder.ts';

const root = join(import.meta.dirname, '../..');
const bsn = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999901163' };
const his = 'https://his.example/fhir';
const other = 'https://other.example/fhir';
const uuid = 'urn:uuid:7f3c6f5e-1111-4111-8111-111111111111';
const subject = 'Patient/p';

type Case = {
  readonly name: string;
  readonly reference?: string;
  readonly task?: string | undefined;
  /** The fullUrl and id of each Patient. */
  readonly persons: readonly (readonly [fullUrl: string | undefined, id: string | undefined])[];
  /** Those that receive the number. */
  readonly expected: readonly number[];
};

const twins = [
  [`${his}/Patient/p`, 'p'],
  [`${other}/Patient/p`, 'p'],
] as const;

const cases: readonly Case[] = [
  { name: 'an absolute reference', reference: `${his}/Patient/p`, persons: twins, expected: [0] },
  {
    name: 'an absolute reference under the other base',
    reference: `${other}/Patient/p`,
    persons: twins,
    expected: [1],
  },
  {
    name: 'an absolute reference with a version',
    reference: `${his}/Patient/p/_history/1`,
    persons: twins,
    expected: [0],
  },
  {
    name: 'an absolute reference to nobody here',
    reference: 'https://x.example/Patient/p',
    persons: twins,
    expected: [],
  },
  { name: 'a relative reference', reference: subject, persons: twins, expected: [0] },
  { name: 'a relative reference with a version', reference: `${subject}/_history/2`, persons: twins, expected: [0] },
  {
    name: 'a relative reference of a Task under the other base',
    task: `${other}/Task/t`,
    reference: subject,
    persons: twins,
    expected: [1],
  },
  { name: 'a relative reference of a Task without base', task: uuid, reference: subject, persons: twins, expected: [] },
  {
    name: 'a relative reference without any base',
    task: undefined,
    reference: subject,
    persons: [
      [undefined, 'p'],
      [undefined, 'q'],
    ],
    expected: [0],
  },
  {
    name: 'a base that ends with the other base',
    reference: subject,
    persons: [
      [`${his}/Patient/p`, 'p'],
      [`https://his.example/x/fhir/Patient/p`, 'p'],
    ],
    expected: [0],
  },
  {
    name: 'a urn',
    reference: uuid,
    persons: [
      [uuid, 'p'],
      [`${his}/Patient/p`, 'p'],
    ],
    expected: [0],
  },
  { name: 'the person of the order, without a reference of its own', persons: twins, expected: [0] },
];

describe.each(['referral/elz-bundle.fml', 'coordination-task/coordination-task.fml'])(
  '%s moves the BSN of Task.for to',
  (path) => {
    const map = compileFolder(readMapFolder(join(root, 'mappings', path)));
    test.each(cases)('the one person it names: $name', ({ reference, persons, expected, ...it }) => {
      const fullUrl = 'task' in it ? it.task : `${his}/Task/t`;
      const bundle = {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          {
            ...(fullUrl ? { fullUrl } : {}),
            resource: {
              resourceType: 'Task',
              status: 'requested',
              intent: 'order',
              for: { ...(reference ? { reference } : {}), identifier: bsn },
            },
          },
          {
            fullUrl: `${his}/ServiceRequest/s`,
            resource: {
              resourceType: 'ServiceRequest',
              id: 's',
              status: 'active',
              intent: 'order',
              subject: { reference: subject },
            },
          },
          ...persons.map(([url, id]) => ({
            ...(url ? { fullUrl: url } : {}),
            resource: { resourceType: 'Patient', ...(id ? { id } : {}) },
          })),
        ],
      };
      const { output } = map.run(bundle as object, { seed: 'one' });
      const patients = (output as Bundle)
        .entry!.map(({ resource }) => resource)
        .filter((found): found is Patient => found?.resourceType === 'Patient');
      expect(
        patients.flatMap(({ identifier }, at) => (identifier?.some(({ value }) => value === bsn.value) ? [at] : [])),
      ).toEqual(expected);
    });
  },
);
