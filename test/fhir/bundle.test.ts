import type { Bundle } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { bundleIndex } from '../../src/fhir/bundle.ts';

const bundle = (...entry: object[]): Bundle => ({ resourceType: 'Bundle', type: 'collection', entry }) as Bundle;
const patient = (id: string, version?: string) => ({
  resourceType: 'Patient',
  id,
  ...(version ? { meta: { versionId: version } } : {}),
});

const at = (it: Bundle, reference: string, from?: string) => bundleIndex(it).resolve(reference, from);

describe('references in a Bundle lead where R4 says', () => {
  const two = bundle(
    { fullUrl: 'https://a.example/fhir/Patient/1', resource: patient('1') },
    { fullUrl: 'https://b.example/fhir/Patient/1', resource: patient('1') },
    { fullUrl: 'urn:uuid:C0FFEE00-0000-4000-8000-000000000001', resource: patient('2') },
  );

  test('a relative one is relative to the base of the entry it stands in', () => {
    expect(at(two, 'Patient/1', 'https://b.example/fhir/Task/5')).toMatchObject({
      entry: { index: 1 },
      by: 'fullUrl',
      ambiguous: false,
    });
  });

  test('an absolute one is looked up as it is, a urn:uuid in either case', () => {
    expect(at(two, 'https://a.example/fhir/Patient/1')?.entry.index).toBe(0);
    expect(at(two, 'urn:uuid:c0ffee00-0000-4000-8000-000000000001')?.entry.index).toBe(2);
  });

  test('what another server calls Patient/1 is somebody else', () => {
    expect(at(two, 'Patient/1', 'https://c.example/fhir/Task/5')).toBeUndefined();
    expect(at(two, 'https://c.example/fhir/Patient/1')).toBeUndefined();
  });

  test('a versioned one wants that version', () => {
    const history = bundle(
      { fullUrl: 'https://a.example/Patient/1', resource: patient('1', '2') },
      { fullUrl: 'https://a.example/Patient/1', resource: patient('1', '1') },
    );
    expect(at(history, 'https://a.example/Patient/1/_history/1')).toMatchObject({
      entry: { index: 1 },
      ambiguous: false,
    });
    expect(at(history, 'https://a.example/Patient/1/_history/7')).toBeUndefined();
    expect(bundleIndex(history).issues).toEqual([]);
  });
});

describe('where R4 gives no meaning, type and id do', () => {
  test('entries without fullUrl', () => {
    const plain = bundle({ resource: patient('1') });
    expect(at(plain, 'Patient/1')).toMatchObject({ entry: { index: 0 }, by: 'id' });
    expect(at(plain, 'Patient/1', 'https://a.example/fhir/Task/1')?.by).toBe('id');
  });

  test('relative references between entries with a urn:uuid', () => {
    const urns = bundle({ fullUrl: 'urn:uuid:1', resource: patient('1') });
    expect(at(urns, 'Patient/1', 'urn:uuid:2')).toMatchObject({ entry: { index: 0 }, by: 'id' });
  });

  test('not for contained, conditional or unreadable ones', () => {
    const plain = bundle({ resource: patient('1') });
    for (const text of ['#1', 'Patient?identifier=1', 'Patient 1', 'Patient/2'])
      expect(at(plain, text)).toBeUndefined();
  });
});

describe('ambiguity: the first wins, and it is told', () => {
  test('two entries with one fullUrl', () => {
    const twice = bundle(
      { fullUrl: 'urn:uuid:1', resource: patient('1') },
      { fullUrl: 'urn:uuid:1', resource: patient('2') },
    );
    expect(at(twice, 'urn:uuid:1')).toMatchObject({ entry: { index: 0 }, ambiguous: true });
    expect(bundleIndex(twice).issues).toMatchObject([
      { severity: 'warning', rule: 'entry-fullurl-duplicate', expression: 'Bundle.entry[1].fullUrl' },
    ]);
  });

  test('two entries with one type and id, as in the published ELZ referral', () => {
    const twice = bundle(
      { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Location', id: 'l' } },
      { fullUrl: 'urn:uuid:2', resource: { resourceType: 'Location', id: 'l' } },
    );
    expect(at(twice, 'Location/l', 'urn:uuid:3')).toMatchObject({ entry: { index: 0 }, ambiguous: true });
    expect(bundleIndex(twice).issues).toMatchObject([
      { severity: 'warning', rule: 'entry-id-duplicate', expression: 'Bundle.entry[1].resource.id' },
    ]);
  });

  test('the same id on two servers is none', () => {
    const servers = bundle(
      { fullUrl: 'https://a.example/Patient/1', resource: patient('1') },
      { fullUrl: 'https://b.example/Patient/1', resource: patient('1') },
    );
    expect(bundleIndex(servers).issues).toEqual([]);
  });
});
