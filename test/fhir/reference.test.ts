import { describe, expect, test } from 'vitest';
import { parseReference, referencesIn } from '../../src/fhir/reference.ts';

describe('what the text of a reference is', () => {
  test.each([
    ['#letter', { kind: 'local', id: 'letter' }],
    ['#', { kind: 'local', id: '' }],
    ['Patient/1', { kind: 'relative', type: 'Patient', id: '1' }],
    ['Patient/1/_history/2', { kind: 'relative', type: 'Patient', id: '1', version: '2' }],
    [
      'https://a.example/fhir/Patient/1',
      { kind: 'absolute', base: 'https://a.example/fhir', type: 'Patient', id: '1' },
    ],
    [
      'http://a.example:8080/Patient/x.y-z/_history/3',
      { kind: 'absolute', base: 'http://a.example:8080', type: 'Patient', id: 'x.y-z', version: '3' },
    ],
    ['urn:uuid:9b1f6a2e-0000-4000-8000-000000000001', { kind: 'urn', scheme: 'uuid' }],
    ['urn:oid:2.16.528.1', { kind: 'urn', scheme: 'oid', value: '2.16.528.1' }],
    ['Patient?identifier=a|b', { kind: 'conditional', type: 'Patient', query: 'identifier=a|b' }],
    ['https://mgn.example/fhir/Questionnaire/q|1.0', { kind: 'url' }],
    ['https://a.example/zorgaanbod/12', { kind: 'url' }],
    ['mailto:a@b.example', { kind: 'url' }],
    ['Verwijzing/1', { kind: 'invalid' }],
    ['DomainResource/1', { kind: 'invalid' }],
    ['/Patient/1', { kind: 'invalid' }],
    ['Patient/', { kind: 'invalid' }],
    [`Patient/${'x'.repeat(65)}`, { kind: 'invalid' }],
    ['Jan Jansen', { kind: 'invalid' }],
    ['', { kind: 'invalid' }],
  ])('%s', (text, expected) => {
    expect(parseReference(text)).toMatchObject(expected);
  });
});

describe('the references of a resource', () => {
  const task = {
    resourceType: 'Task',
    contained: [{ resourceType: 'Basic', author: { reference: 'Practitioner/1' } }],
    extension: [{ url: 'http://x', valueReference: { reference: 'Consent/1' } }],
    focus: { reference: 'ServiceRequest/1', identifier: { assigner: { reference: 'Organization/1' } } },
    for: { identifier: { system: 'urn:x', value: 'y' } },
    owner: { display: 'Team' },
    note: [{ text: 'Patient/5', authorReference: { reference: '#b' } }],
    _status: { extension: [{ url: 'http://x', valueReference: { reference: 'Basic/9' } }] },
  };

  test('with kind and place, contained resources and extensions included', () => {
    expect(referencesIn(task).map(({ path, kind, text }) => [path(), kind, text])).toEqual([
      ['Task.contained[0].author', 'literal', 'Practitioner/1'],
      ['Task.extension[0].valueReference', 'literal', 'Consent/1'],
      ['Task.focus', 'literal', 'ServiceRequest/1'],
      ['Task.focus.identifier.assigner', 'literal', 'Organization/1'],
      ['Task.for', 'logical', undefined],
      ['Task.owner', 'display', undefined],
      ['Task.note[0].authorReference', 'literal', '#b'],
      ['Task.status.extension[0].valueReference', 'literal', 'Basic/9'],
    ]);
  });

  test('of a Bundle: those of its entries, not of a Bundle among them', () => {
    const bundle = {
      resourceType: 'Bundle',
      entry: [{ resource: { resourceType: 'Bundle', entry: [{ resource: task }] } }, { resource: task }],
    };
    const found = referencesIn(bundle as never);
    expect(found).toHaveLength(8);
    expect(found[0]?.path()).toBe('Bundle.entry[1].resource.contained[0].author');
  });

  test('uris that name a resource are found, those that name systems are not', () => {
    const letter = {
      resourceType: 'DocumentReference',
      masterIdentifier: { system: 'urn:oid:1.2.3', value: 'urn:uuid:1' },
      content: [
        { attachment: { url: 'Binary/1' }, format: { system: 'urn:oid:1.2.4' } },
        { attachment: { url: 'urn:uuid:00000000-0000-4000-8000-000000000001' } },
        { attachment: { url: 'https://a.example/letter.pdf' } },
      ],
    };
    expect(referencesIn(letter as never).map(({ path, kind }) => [path(), kind])).toEqual([
      ['DocumentReference.content[0].attachment.url', 'uri'],
      ['DocumentReference.content[1].attachment.url', 'uri'],
    ]);
  });

  test('an element that R4 does not know, but looks like a Reference, is one', () => {
    const odd = { resourceType: 'Patient', huisarts: { reference: 'Organization/1' } };
    expect(referencesIn(odd as never).map(({ path }) => path())).toEqual(['Patient.huisarts']);
  });

  test('elements named reference that are none: an Expression, a related claim', () => {
    const plan = {
      resourceType: 'PlanDefinition',
      action: [{ condition: [{ expression: { language: 'text/cql', reference: 'http://x.example/Library/1' } }] }],
    };
    expect(referencesIn(plan as never)).toEqual([]);
  });

  test('set writes in the resource itself', () => {
    const copy = structuredClone(task);
    for (const it of referencesIn(copy)) if (it.text === 'ServiceRequest/1') it.set('ServiceRequest/new');
    expect(copy.focus.reference).toBe('ServiceRequest/new');
  });
});
