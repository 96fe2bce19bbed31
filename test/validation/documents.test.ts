import { describe, expect, test } from 'vitest';
import { check } from '../support/validation/validate.ts';

const urn = (last: number) => `urn:uuid:0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c1${last}`;
const server = 'https://mgn.example/fhir';
const patient = { resourceType: 'Patient', id: 'p' };

const composition = (more: object) => ({
  resourceType: 'Composition',
  id: 'c',
  status: 'final',
  type: { text: 'letter' },
  date: '2026',
  title: 'Letter',
  author: [{ display: 'a' }],
  ...more,
});
const document = (...entry: object[]) => ({
  resourceType: 'Bundle',
  type: 'document',
  identifier: { system: 'urn:ietf:rfc:3986', value: urn(9) },
  timestamp: '2026-01-01T00:00:00Z',
  entry,
});
const at = (fullUrl: string, resource: object) => ({ fullUrl, resource });

describe('a document contains what its Composition refers to', () => {
  test.each([
    ['subject', { subject: { reference: 'Patient/none' } }, 'subject'],
    ['author', { author: [{ reference: `${server}/Practitioner/none` }] }, 'author[0]'],
    ['custodian', { custodian: { reference: 'https://other.example/fhir/Organization/o' } }, 'custodian'],
    ['attester', { attester: [{ mode: 'legal', party: { reference: 'Practitioner/none' } }] }, 'attester[0].party'],
    ['section entry', { section: [{ title: 'x', entry: [{ reference: 'Observation/none' }] }] }, 'section[0].entry[0]'],
    [
      'nested section entry',
      { section: [{ title: 'x', section: [{ title: 'y', entry: [{ reference: urn(5) }] }] }] },
      'section[0].section[0].entry[0]',
    ],
  ])('%s', (_, more, place) => {
    expect(check(document(at(`${server}/Composition/c`, composition(more))))).toEqual([
      `Bundle.entry[0].resource.${place} reference-unresolved`,
    ]);
  });

  test('a relative reference to an entry that has its id but another fullUrl', () => {
    const sent = document(
      at(`${server}/Composition/c`, composition({ subject: { reference: 'Patient/p' } })),
      at(urn(2), patient),
    );
    expect(check(sent)).toEqual(['Bundle.entry[0].resource.subject reference-unresolved']);
  });

  test('by fullUrl, relative to a RESTful fullUrl, or contained', () => {
    const own = `${server}/Composition/c`;
    const right = [
      document(at(own, composition({ subject: { reference: 'Patient/p' } })), at(`${server}/Patient/p`, patient)),
      document(at(urn(1), composition({ subject: { reference: urn(2) } })), at(urn(2), patient)),
      document(at(own, composition({ subject: { reference: '#p' }, contained: [patient] }))),
      document(at(own, composition({ subject: { identifier: { value: 'x' } } }))),
    ];
    for (const it of right) expect(check(it)).toEqual([]);
  });

  test('another Bundle need not, nor a resource that the Composition includes', () => {
    const sent = composition({ subject: { reference: 'Patient/none' } });
    expect(check({ resourceType: 'Bundle', type: 'collection', entry: [at(`${server}/Composition/c`, sent)] })).toEqual(
      [],
    );
    const includes = composition({ section: [{ title: 'x', entry: [{ reference: 'Patient/p' }] }] });
    const organization = { ...patient, managingOrganization: { reference: 'Organization/elsewhere' } };
    expect(check(document(at(`${server}/Composition/c`, includes), at(`${server}/Patient/p`, organization)))).toEqual(
      [],
    );
  });
});

describe('a relative reference in a document cannot be resolved from an entry', () => {
  test('whose fullUrl is a urn, even when an entry has that id', () => {
    const sent = document(at(urn(1), composition({ subject: { reference: 'Patient/p' } })), at(urn(2), patient));
    expect(check(sent)).toEqual(['Bundle.entry[0].resource.subject reference-relative-to-urn']);
  });

  test('also in another resource than the Composition', () => {
    const observation = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'Patient/p' },
    };
    const sent = document(
      at(urn(1), composition({ section: [{ title: 'x', entry: [{ reference: urn(3) }] }] })),
      at(urn(3), observation),
      at(urn(2), patient),
    );
    expect(check(sent)).toEqual(['Bundle.entry[1].resource.subject reference-relative-to-urn']);
  });
});

describe('an entry has a fullUrl', () => {
  const bundle = (type: string, more: object = {}) => ({
    resourceType: 'Bundle',
    type,
    entry: [{ resource: patient, ...more }],
  });

  test.each([
    ['collection', {}],
    ['searchset', { search: { mode: 'match' } }],
    ['history', { request: { method: 'PUT', url: 'Patient/p' }, response: { status: '200' } }],
  ])('in a %s', (type, more) => {
    expect(check(bundle(type, more))).toEqual(['Bundle.entry[0] bundle-fullurl-missing']);
    expect(check(bundle(type, { ...more, fullUrl: `${server}/Patient/p` }))).toEqual([]);
  });

  test.each([
    ['transaction', { request: { method: 'POST', url: 'Patient' } }],
    ['batch', { request: { method: 'POST', url: 'Patient' } }],
    ['transaction-response', { response: { status: '201' } }],
    ['batch-response', { response: { status: '200' } }],
  ])('but not in a %s', (type, more) => {
    expect(check(bundle(type, more))).toEqual([]);
  });

  test('unless it has no resource', () => {
    const deleted = { request: { method: 'DELETE', url: 'Patient/p' }, response: { status: '204' } };
    expect(check({ resourceType: 'Bundle', type: 'history', entry: [deleted] })).toEqual([]);
  });
});

describe('a link relation occurs once in a Bundle', () => {
  const linked = (...relations: string[]) => ({
    resourceType: 'Bundle',
    type: 'searchset',
    total: 0,
    link: relations.map((relation, i) => ({ relation, url: `${server}/Patient?page=${i}` })),
  });

  test.each([['self'], ['next']])('%s', (relation) => {
    expect(check(linked('first', relation))).toEqual([]);
    expect(check(linked(relation, 'last', relation))).toEqual(['Bundle.link[2] bundle-link-duplicate']);
  });
});
