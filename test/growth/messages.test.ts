import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { expectProportion } from '../support/growth.ts';
import { aboutAnother } from '../support/other-person.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** A message with a long list takes CPU time in proportion to the list, in whatever form it comes, accepted or refused. */

const examples = join(import.meta.dirname, '../../examples/messages');
const textOf = (name: string, file: string): string => readFileSync(join(examples, name, file), 'utf8');
const jsonOf = (name: string) => JSON.parse(textOf(name, 'input.json'));
const list = <T>(count: number, item: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => item(at));

type Sent = { readonly path: string; readonly contentType?: string; readonly body: string };
const form = (more: object): Sent => ({
  path: '/intake/referral',
  contentType: 'application/json',
  body: JSON.stringify({ ...jsonOf('127-referral-form'), ...more }),
});
const bundle = (count: number, resource: (at: number, patient: string) => object): Sent => {
  const sent = jsonOf('001-referral-as-collection');
  const patient = sent.entry.find(
    (it: { resource: { resourceType: string } }) => it.resource.resourceType === 'Patient',
  );
  const more = list(count, (at) => ({ fullUrl: `urn:uuid:${randomUUID()}`, resource: resource(at, patient.fullUrl) }));
  return { path: '/fhir', body: JSON.stringify({ ...sent, entry: [...sent.entry, ...more] }) };
};
const segments = (count: number, segment: (at: number) => string): Sent => {
  const message = textOf('120-ref-i12', 'input.hl7').trimEnd();
  return {
    path: '/intake/referral',
    contentType: 'x-application/hl7-v2+er7; charset=utf-8',
    body: [message, ...list(count, segment)].join('\r'),
  };
};

const kinds: Readonly<Record<string, (count: number) => Sent>> = {
  'items of a form': (count) => form({ complaint: list(count, (at) => ({ icpc: 'P03', text: `klacht ${at}` })) }),
  'recipients of the consent of a form': (count) =>
    form({ consent: { given: true, date: '2026-11-20', towards: list(count, () => 'care') } }),
  'items of a form with unknown codes': (count) =>
    form({ complaint: list(count, (at) => ({ icpc: `Q${at}`, text: 'x' })) }),
  'life domains of a form': (count) => form({ lifeDomain: list(count, (at) => `domein ${at}`) }),
  'unknown properties of items of a form': (count) => form({ complaint: list(count, (at) => ({ [`p${at}`]: 1 })) }),
  'segments of an HL7 v2 message': (count) => segments(count, (at) => `DG1|${at + 2}||P03^Down/depressief gevoel^ICPC`),
  'notes of an HL7 v2 message': (count) => segments(count, (at) => `NTE|${at + 2}||Regel ${at}`),
  'entries of a Bundle': (count) =>
    bundle(count, (at, reference) => ({ resourceType: 'Condition', code: { text: `x${at}` }, subject: { reference } })),
  'entries of a Bundle with references that lead nowhere': (count) =>
    bundle(count, (at) => ({
      resourceType: 'Condition',
      code: { text: 'x' },
      subject: { reference: `Patient/${at}` },
      encounter: { reference: `urn:uuid:${randomUUID()}` },
    })),
  'answers of a QuestionnaireResponse': (count) => {
    const response = jsonOf('083-record-as-form');
    const more = list(count, (at) => ({ linkId: 'strength', answer: [{ valueString: `x${at}` }] }));
    return { path: '/fhir', body: JSON.stringify({ ...response, item: [...response.item, ...more] }) };
  },
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
}, 120_000);
afterAll(() => gateway.stop());

describe('the CPU time grows in proportion to the list', () => {
  test.each(Object.entries(kinds))(
    '%s',
    (_, make) =>
      expectProportion(async (count) => {
        const { path, ...sent } = aboutAnother(make(count));
        const as = sent.body.includes('QuestionnaireResponse') ? 'registration-team' : 'gp-de-linde';
        const { value, milliseconds } = await cpuTimeOf(() => gateway.ask('POST', path, { as, ...sent }));
        expect([200, 201, 404, 409, 422]).toContain(value.status);
        return milliseconds;
      }),
    180_000,
  );
});
