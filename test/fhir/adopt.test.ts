import type { Bundle } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AdoptOptions, adopt } from '../../src/fhir/adopt.ts';
import { bundleIndex } from '../../src/fhir/bundle.ts';
import { mgnNaming } from '../../src/fhir/canonical.ts';
import { withinCpuTime } from '../support/cpu-time.ts';
import { runs } from '../support/long.ts';

const referral = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      fullUrl: 'urn:uuid:0a0a0a0a-0000-4000-8000-000000000001',
      resource: {
        resourceType: 'Task',
        id: 't',
        identifier: [{ system: 'https://gp.example/task', value: '7' }],
        focus: { reference: 'urn:uuid:0a0a0a0a-0000-4000-8000-000000000002', display: 'Verwijsbrief' },
        for: { identifier: { system: 'urn:x', value: '1' } },
        owner: { display: 'Team Noord' },
        requester: { reference: 'PractitionerRole/unknown' },
      },
      request: { method: 'POST', url: 'Task' },
    },
    {
      fullUrl: 'urn:uuid:0a0a0a0a-0000-4000-8000-000000000002',
      resource: {
        resourceType: 'ServiceRequest',
        contained: [{ resourceType: 'Basic', id: 'b', subject: { reference: 'Task/t' } }],
        extension: [{ url: 'http://x', valueReference: { reference: 'Task/t/_history/1' } }],
        supportingInfo: [{ reference: '#b' }, { reference: 'urn:uuid:0a0a0a0a-0000-4000-8000-000000000003' }],
      },
    },
    {
      fullUrl: 'urn:uuid:0a0a0a0a-0000-4000-8000-000000000003',
      resource: {
        resourceType: 'Composition',
        identifier: { system: 'https://gp.example/letter', value: '9' },
        text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><a href="Task/t">x</a></div>' },
      },
    },
    { request: { method: 'DELETE', url: 'Task/9' } },
  ],
} as unknown as Bundle;

const options = (more: Partial<AdoptOptions> = {}): AdoptOptions => {
  let next = 0;
  return { newId: () => `id-${++next}`, ...more };
};
const taken = (more?: Partial<AdoptOptions>) => adopt(referral, options(more));
const resourceAt = (bundle: Bundle, index: number) =>
  bundle.entry?.[index]?.resource as unknown as Record<string, unknown>;

describe('taking a Bundle in', () => {
  test('each entry gets an id, and a fullUrl of it', () => {
    const { entry } = taken().bundle;
    expect(entry?.map(({ fullUrl }) => fullUrl)).toEqual([
      'urn:uuid:id-1',
      'urn:uuid:id-2',
      'urn:uuid:id-3',
      undefined,
    ]);
    expect(entry?.map(({ resource }) => resource?.id)).toEqual(['id-1', 'id-2', 'id-3', undefined]);
  });

  test('references inside lead to the new ids, from contained resources and extensions too', () => {
    const { bundle } = taken();
    expect(resourceAt(bundle, 0).focus).toEqual({ reference: 'ServiceRequest/id-2', display: 'Verwijsbrief' });
    expect(resourceAt(bundle, 1)).toMatchObject({
      contained: [{ id: 'b', subject: { reference: 'Task/id-1' } }],
      extension: [{ valueReference: { reference: 'Task/id-1' } }],
      supportingInfo: [{ reference: '#b' }, { reference: 'Composition/id-3' }],
    });
  });

  test('each resource carries its id as an identifier; one that may have one only keeps its own', () => {
    const { bundle } = taken();
    expect(resourceAt(bundle, 0).identifier).toEqual([
      { system: 'https://gp.example/task', value: '7' },
      { system: mgnNaming('resource'), value: 'id-1' },
    ]);
    expect(resourceAt(bundle, 1).identifier).toEqual([{ system: mgnNaming('resource'), value: 'id-2' }]);
    expect(resourceAt(bundle, 2).identifier).toEqual({ system: 'https://gp.example/letter', value: '9' });
  });

  test('what leads nowhere stays, and is named; logical and display-only references are as they were', () => {
    const { bundle, issues } = taken();
    expect(resourceAt(bundle, 0)).toMatchObject({
      requester: { reference: 'PractitionerRole/unknown' },
      for: { identifier: { system: 'urn:x', value: '1' } },
      owner: { display: 'Team Noord' },
    });
    expect(issues.map(({ severity, rule, expression }) => [severity, rule, expression])).toEqual([
      ['warning', 'reference-unresolved-retained', 'Bundle.entry[0].resource.requester'],
    ]);
  });

  test('somebody else may know it', () => {
    const { bundle, issues } = taken({ resolveElsewhere: () => 'PractitionerRole/known' });
    expect(resourceAt(bundle, 0).requester).toEqual({ reference: 'PractitionerRole/known' });
    expect(issues).toEqual([]);
  });

  test('narratives, requests and entries without resource stay as they were', () => {
    const { bundle } = taken();
    expect(resourceAt(bundle, 2).text).toEqual(resourceAt(referral, 2).text);
    expect(bundle.entry?.[0]?.request).toEqual({ method: 'POST', url: 'Task' });
    expect(bundle.entry?.[3]).toEqual({ request: { method: 'DELETE', url: 'Task/9' } });
  });

  test('old addresses lead to new ones', () => {
    expect([...taken().ids]).toEqual([
      ['urn:uuid:0a0a0a0a-0000-4000-8000-000000000001', 'Task/id-1'],
      ['Task/t', 'Task/id-1'],
      ['urn:uuid:0a0a0a0a-0000-4000-8000-000000000002', 'ServiceRequest/id-2'],
      ['urn:uuid:0a0a0a0a-0000-4000-8000-000000000003', 'Composition/id-3'],
    ]);
  });

  test('the Bundle that came is not changed', () => {
    const before = structuredClone(referral);
    taken();
    expect(referral).toEqual(before);
  });

  test('of two resources with one id the first is referred to, and both are kept and told', () => {
    const location = { resourceType: 'Location', id: 'l' };
    const twice = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { resource: { ...location, name: 'A' } },
        { resource: { ...location, name: 'B' } },
        { resource: { resourceType: 'Task', location: { reference: 'Location/l' } } },
      ],
    } as unknown as Bundle;
    const { bundle, issues } = adopt(twice, options());
    expect(bundle.entry?.map(({ resource }) => (resource as { name?: string }).name)).toEqual(['A', 'B', undefined]);
    expect(resourceAt(bundle, 2).location).toEqual({ reference: 'Location/id-1' });
    expect(issues.map(({ rule, expression }) => [rule, expression])).toEqual([
      ['entry-id-duplicate', 'Bundle.entry[1].resource.id'],
      ['reference-resolved-to-first', 'Bundle.entry[2].resource.location'],
    ]);
  });

  test('the letter that an attachment points to moves along', () => {
    const letter = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { resource: { resourceType: 'DocumentReference', content: [{ attachment: { url: 'Binary/1' } }] } },
        { resource: { resourceType: 'Binary', id: '1' } },
      ],
    } as unknown as Bundle;
    expect(resourceAt(adopt(letter, options()).bundle, 0)).toMatchObject({
      content: [{ attachment: { url: 'Binary/id-2' } }],
    });
  });

  test('a Bundle inside the Bundle is a world of its own', () => {
    const inner = {
      resourceType: 'Bundle',
      type: 'document',
      identifier: { value: 'doc' },
      entry: [{ fullUrl: 'urn:uuid:1', resource: { resourceType: 'Task', id: 't', focus: { reference: 'Task/t' } } }],
    };
    const outer = { ...referral, entry: [...(referral.entry ?? []), { resource: inner }] } as unknown as Bundle;
    expect(resourceAt(adopt(outer, options()).bundle, 4)).toEqual({ ...inner, id: 'id-4' });
  });
});

test('the graph stays the graph: each reference leads to the same entry as before, or is named as leading nowhere', () => {
  const address = fc.tuple(
    fc.constantFrom('', 'https://a.example/fhir/', 'https://b.example/', 'urn:uuid:'),
    fc.nat(5),
  );
  const entries = fc.array(fc.record({ address, points: fc.array(address, { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 8,
  });
  const written = ([base, id]: [string, number]) => (base === 'urn:uuid:' ? `${base}${id}` : `${base}List/${id}`);
  fc.assert(
    fc.property(entries, (made) => {
      const before = {
        resourceType: 'Bundle',
        type: 'collection',
        entry: made.map((it) => ({
          ...(it.address[0] === '' ? {} : { fullUrl: written(it.address) }),
          resource: {
            resourceType: 'List',
            id: String(it.address[1]),
            entry: it.points.map((point) => ({ item: { reference: written(point) } })),
          },
        })),
      } as unknown as Bundle;
      const { bundle: after, issues } = adopt(before, options());
      const [old, young] = [bundleIndex(before), bundleIndex(after)];
      const unresolved = new Set(
        issues.filter((it) => it.rule === 'reference-unresolved-retained').map((it) => it.expression),
      );
      for (const [index, { points }] of made.entries()) {
        for (const [place, point] of points.entries()) {
          const target = old.resolve(written(point), before.entry?.[index]?.fullUrl)?.entry.index;
          const path = `Bundle.entry[${index}].resource.entry[${place}].item`;
          const list = resourceAt(after, index) as { entry: { item: { reference: string } }[] };
          const now = list.entry[place]!.item;
          if (target === undefined) expect([now.reference, unresolved.has(path)]).toEqual([written(point), true]);
          else expect(young.resolve(now.reference, after.entry?.[index]?.fullUrl)?.entry.index).toBe(target);
        }
      }
    }),
    { numRuns: runs(500) },
  );
});

test('10,000 entries with 10,000 references take less than a second of CPU time', () => {
  const count = 10_000;
  const entry = Array.from({ length: count }, (_, index) => ({
    fullUrl: `https://a.example/fhir/Observation/o${index}`,
    resource: {
      resourceType: 'Observation',
      id: `o${index}`,
      code: { coding: [{ system: 'http://loinc.org', code: '1' }] },
      hasMember: [{ reference: `Observation/o${(index * 7) % count}` }],
    },
  }));
  const large = { resourceType: 'Bundle', type: 'collection', entry } as unknown as Bundle;
  const { bundle, issues } = withinCpuTime(1_000, () => adopt(large, options()));
  expect(issues).toEqual([]);
  expect(resourceAt(bundle, 1).hasMember).toEqual([{ reference: 'Observation/id-8' }]);
});
