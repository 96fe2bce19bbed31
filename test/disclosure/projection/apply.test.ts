import type { Bundle, Observation, Task } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { projectedBundle } from '../../../src/disclosure/index.ts';
import { ownProjections } from '../../support/disclosure/projections.ts';
import { runs } from '../../support/long.ts';

const followed = ownProjections.gp.message('selected', 'followed-task');
const referral = ownProjections.ggz.message('selected', 'referral');
const bsn = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999900018' };
const task: Task = { resourceType: 'Task', status: 'requested', intent: 'order', for: { reference: 'Patient/1' } };

describe('what goes out whole', () => {
  test('is the same object, so that it is not validated or written again', () => {
    const resource = {
      ...task,
      contained: [{ resourceType: 'Patient' as const, id: 'p' }],
      input: [{ type: { text: 'x' } }],
    };
    expect(followed.project(resource)).toBe(resource);
    const bundle: Bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource }] };
    expect(projectedBundle(bundle, referral).bundle.entry![0]).toBe(bundle.entry![0]);
  });

  test('leaves no empty element where all of it is withheld', () => {
    expect(followed.project({ ...task, for: { identifier: bsn } } as Task)).toEqual({
      resourceType: 'Task',
      status: 'requested',
      intent: 'order',
    });
  });
});

describe('a reference to what is withheld', () => {
  const withheld = { resourceType: 'MeasureReport' as const, id: 'secret', status: 'complete' as const } as never;
  const addresses = [
    'MeasureReport/secret',
    'MeasureReport/secret/_history/1',
    'https://gateway.example/fhir/MeasureReport/secret',
    'urn:uuid:5f0c1f0e-0000-4000-8000-000000000001',
  ];

  test('neither dangles nor reveals: no address, identifier or display of it goes out, wherever it stands', () => {
    const reference = fc.constantFrom(...addresses).map((it) => ({
      reference: it,
      display: 'secret',
      identifier: { value: 'secret' },
    }));
    const place = fc.constantFrom<(it: object) => Partial<Observation>>(
      (it) => ({ focus: [it, { reference: 'Patient/1' }] }),
      (it) => ({ hasMember: [it] }),
      (it) => ({ encounter: it }),
      (it) => ({ extension: [{ url: 'urn:x', valueReference: it }] }),
      (it) => ({ component: [{ code: { text: 'x' }, extension: [{ url: 'urn:x', valueReference: it }] }] }),
      (it) => ({ note: [{ text: 'x', authorReference: it }] }),
      (it) => ({
        contained: [{ resourceType: 'Observation', id: 'c', status: 'final', code: { text: 'x' }, focus: [it] }],
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(place, reference), { minLength: 1, maxLength: 4 }), (places) => {
        const observation = Object.assign(
          { resourceType: 'Observation', id: '1', status: 'final', code: { text: 'x' } },
          ...places.map(([put, it]) => put(it)),
        ) as Observation;
        const entry = [
          { resource: observation },
          { fullUrl: 'urn:uuid:5f0c1f0e-0000-4000-8000-000000000001', resource: withheld },
        ];
        const { bundle, disclosed } = projectedBundle({ resourceType: 'Bundle', type: 'collection', entry }, referral);
        const text = JSON.stringify(bundle);
        expect(text).not.toMatch(/secret|000000000001|MeasureReport/);
        expect(text).not.toMatch(/\{\}|\[\]|\{"url":"urn:x"\}/);
        expect([...disclosed]).toEqual([observation]);
      }),
      { numRuns: runs(400) },
    );
  });

  test('others stay', () => {
    const observation = {
      resourceType: 'Observation',
      id: '1',
      status: 'final',
      code: {},
      focus: [{ reference: 'Patient/1' }],
    };
    const entry = [{ resource: observation as Observation }, { resource: withheld }];
    const { bundle } = projectedBundle({ resourceType: 'Bundle', type: 'collection', entry }, referral);
    expect(bundle.entry![0]!.resource).toBe(observation);
  });
});
