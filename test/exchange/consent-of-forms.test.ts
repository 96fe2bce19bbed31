import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Consent, QuestionnaireResponse, QuestionnaireResponseItem } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, test } from 'vitest';
import { acceptedOrder } from '../support/exchange/conversation-record.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';
import { type Answered, locationOf, resourceOf, rulesOf } from '../support/test-gateway.ts';

/** A refusal never becomes a permit, whatever the form that it is written in. */
const root = join(import.meta.dirname, '../..');
const file = (path: string) => readFileSync(join(root, path), 'utf8');
const referral = Buffer.from(file('examples/messages/001-referral-as-collection/input.json'));

const started = gatewayOfFile();
let order: string;
beforeAll(async () => {
  order = await acceptedOrder(started.gateway, referral);
});

const asJson = (more: object): Promise<Answered> =>
  started.gateway.ask('POST', '/intake/conversation', {
    as: 'registration-team',
    contentType: 'application/json',
    body: JSON.stringify({ order, date: '2026-11-27T13:00:00+01:00', outcome: 'more-exploration', ...more }),
  });
const consentOf = async (answer: Answered, as: string): Promise<Consent> =>
  resourceOf<Consent>(await started.gateway.ask('GET', `/fhir/${locationOf(answer, 'Consent')}`, { as }));

describe('the conversation as JSON', () => {
  const date = '2026-11-27';
  test.each<[string, object]>([
    ['a type of its own', { consents: [{ type: 'deny', date }] }],
    ['a status of its own', { consents: [{ status: 'refused', date }] }],
    ['an unknown property below', { consents: [{ date, provision: { type: 'deny' } }] }],
    ['given in words', { consents: [{ given: 'nee', date }] }],
    ['given as a word that reads as a boolean', { consents: [{ given: 'false', date }] }],
    ['given that is null', { consents: [{ given: null, date }] }],
    ['a limit that is null', { consents: [{ date, data: null }] }],
    ['a property beside the consents', { consents: [{ date }], consentGiven: false }],
    ['a property in Dutch', { consents: [{ date }], toestemming: { gegeven: false } }],
    ['an objection', { consents: [{ date }], objection: true }],
  ])('with %s is refused', async (_, more) => {
    const answer = await asJson(more);
    expect([answer.status, rulesOf(answer)]).toEqual([
      422,
      expect.arrayContaining([expect.stringMatching(/^(consent-value-unread|min)$/)]),
    ]);
  });

  test.each([
    ['agrees', {}, 'permit'],
    ['agrees, and says so', { given: true }, 'permit'],
    ['objects', { given: false }, 'deny'],
  ] as const)('of a person that %s stores that', async (_, given, type) => {
    const answer = await asJson({ consents: [{ ...given, date }] });
    expect(answer.status, answer.text).toBe(200);
    expect((await consentOf(answer, 'registration-team')).provision?.type).toBe(type);
  });
});

describe('the published Questionnaire', () => {
  const response = JSON.parse(
    file('mappings/conversation/questionnaire/tests/rich/input.json'),
  ) as QuestionnaireResponse;
  const send = (change: (item: QuestionnaireResponseItem[]) => void): Promise<Answered> => {
    const sent = structuredClone({ ...response, basedOn: [{ reference: order }] });
    change(sent.item!);
    return started.gateway.ask('POST', '/fhir', { as: 'registration-team', body: JSON.stringify(sent) });
  };
  const consentIn = (item: QuestionnaireResponseItem[]) => item.find(({ linkId }) => linkId === 'consent')!;

  test.each<[string, (item: QuestionnaireResponseItem[]) => void]>([
    ['an answer to the group itself', (it) => Object.assign(consentIn(it), { answer: [{ valueBoolean: false }] })],
    [
      'an unknown question in the group',
      (it) => consentIn(it).item!.push({ linkId: 'given', answer: [{ valueBoolean: false }] }),
    ],
    [
      'a limit of another type',
      (it) => consentIn(it).item!.push({ linkId: 'consent-until', answer: [{ valueString: 'morgen' }] }),
    ],
    [
      'a category in words',
      (it) => consentIn(it).item!.push({ linkId: 'consent-data', answer: [{ valueString: 'doelen' }] }),
    ],
    ['a question outside the group', (it) => it.push({ linkId: 'consent-refused', answer: [{ valueBoolean: true }] })],
  ])('with %s is refused', async (_, change) => {
    const answer = await send(change);
    expect([answer.status, rulesOf(answer)]).toEqual([
      422,
      expect.arrayContaining([expect.stringMatching(/^answer-/)]),
    ]);
  });
});

describe('the referral form', () => {
  const form = JSON.parse(file('mappings/form/tests/rich/input.json')) as { consent: object[] };
  const send = (more: object): Promise<Answered> =>
    started.gateway.ask('POST', '/intake/referral', {
      as: 'gp-de-linde',
      contentType: 'application/json',
      body: JSON.stringify({ ...form, ...more }),
    });

  test.each<[string, object]>([
    ['a type of its own', { consent: [{ ...form.consent[0], type: 'deny' }] }],
    ['a property beside the consent', { bezwaar: true }],
    ['given in words', { consent: [{ ...form.consent[0], given: 'nee' }] }],
    ['given that is null', { consent: [{ ...form.consent[0], given: null }] }],
  ])('with %s is refused', async (_, more) => {
    const answer = await send(more);
    expect([answer.status, answer.text.includes('consent') || answer.text.includes('cast')]).toEqual([422, true]);
  });
});

test.each(['CON', 'ARV'])('HL7 v2 with a segment %s, which no map reads, is refused', async (segment) => {
  const message = `${file('mappings/hl7v2/tests/typical/input.hl7').trimEnd()}\r${segment}|1|001^Bezwaar\r`;
  const answer = await started.gateway.ask('POST', '/intake/referral', {
    as: 'gp-de-linde',
    contentType: 'x-application/hl7-v2+er7',
    body: message,
  });
  expect(answer.text).toContain('consent');
  expect(answer.text).toMatch(/MSA\|A[ER]/);
});
