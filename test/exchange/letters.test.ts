import type { Bundle, CodeableConcept, Composition, DocumentReference } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partOf, referralWith } from '../support/exchange/example-referral.ts';
import { allWarningsOf, locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const loinc = (code: string, display: string): CodeableConcept => ({
  coding: [{ system: 'http://loinc.org', code, display }],
});
const types: readonly (readonly [string, CodeableConcept])[] = [
  ['LOINC 57133-1', loinc('57133-1', 'Referral note')],
  ['LOINC 11488-4', loinc('11488-4', 'Consult note')],
  ['LOINC 51852-2', loinc('51852-2', 'Letter')],
  ['LOINC 60591-5', loinc('60591-5', 'Patient summary Document')],
  [
    'SNOMED CT',
    { coding: [{ system: 'http://snomed.info/sct', code: '371531000', display: 'Report of clinical encounter' }] },
  ],
  [
    'a list of the sender',
    { coding: [{ system: 'https://his.example/letters', code: 'VB', display: 'Verwijsbrief' }] },
  ],
  ['words', { text: 'Verwijsbrief ggz' }],
];

const urn = (n: number) => `urn:uuid:7d1f0a52-5b0e-4d38-9a56-00000000000${n}`;
const personOf = (it: Bundle): string =>
  it.entry!.find(({ resource }) => resource?.resourceType === 'Patient')!.fullUrl!;

const accepted = async (bundle: Bundle) => {
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: JSON.stringify(bundle) });
  expect(answer.status, answer.text.slice(0, 800)).toBe(200);
  return answer;
};
const team = async (what: string) => gateway.ask('GET', `/fhir/${what}`, { as: 'registration-team' });

describe('a letter of a type that its sender uses is accepted, and read by the team with that type', () => {
  test.each(types)('a Composition of type %s', async (_, type) => {
    const answer = await accepted(
      referralWith((it) => {
        const person = { reference: personOf(it) };
        partOf(it, 'ServiceRequest').supportingInfo = [{ reference: urn(1) }];
        const letter: Composition = {
          resourceType: 'Composition',
          status: 'final',
          type,
          subject: person,
          date: '2026-11-20',
          author: [partOf(it, 'ServiceRequest').requester!],
          title: 'Brief',
          section: [
            {
              title: 'Reden',
              text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Aanmelding</div>' },
            },
          ],
        };
        it.entry!.push({ fullUrl: urn(1), resource: letter });
      }),
    );
    const letter = resourceOf<Composition>(await team(locationOf(answer, 'Composition')!));
    expect(letter.type).toEqual(type);
  });

  test.each(types)(
    'a DocumentReference of type %s, with the document as a Binary of the same message',
    async (_, type) => {
      const answer = await accepted(
        referralWith((it) => {
          const person = { reference: personOf(it) };
          partOf(it, 'ServiceRequest').supportingInfo = [{ reference: urn(2) }];
          const letter: DocumentReference = {
            resourceType: 'DocumentReference',
            status: 'current',
            type,
            subject: person,
            content: [{ attachment: { contentType: 'application/pdf', url: urn(3), title: 'brief' } }],
          };
          it.entry!.push(
            {
              fullUrl: urn(3),
              resource: { resourceType: 'Binary', contentType: 'application/pdf', data: 'JVBERi0xLjQK' },
            },
            { fullUrl: urn(2), resource: letter },
          );
        }),
      );
      expect(allWarningsOf(answer)).not.toContain('entry-not-delivered');
      const letter = resourceOf<DocumentReference>(await team(locationOf(answer, 'DocumentReference')!));
      expect(letter.type).toEqual(type);
      const binary = locationOf(answer, 'Binary')!;
      expect(letter.content[0]?.attachment?.url).toBe(binary);
      expect((await team(binary)).status).toBe(200);
    },
  );
});
