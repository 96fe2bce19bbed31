/** Forms as people fill them in: words in the place of codes, and values left empty. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Bundle,
  CarePlan,
  Encounter,
  OperationOutcome,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  ServiceRequest,
} from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { acceptedOrder } from '../support/exchange/conversation-record.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';
import { type Answered, allWarningsOf, locationOf, resourceOf, warningsOf } from '../support/test-gateway.ts';

const root = join(import.meta.dirname, '../..');
const file = (path: string) => readFileSync(join(root, path), 'utf8');
const referral = Buffer.from(file('examples/messages/001-referral-as-collection/input.json'));
const form = JSON.parse(file('examples/messages/127-referral-form/input.json'));

const started = gatewayOfFile();
let count = 0;

const order = () => acceptedOrder(started.gateway, referral);
const read = async <T extends CarePlan | Encounter | ServiceRequest>(
  answer: Answered,
  type: string,
  as: string,
): Promise<T> => resourceOf<T>(await started.gateway.ask('GET', `/fhir/${locationOf(answer, type)}`, { as }));

const refer = (more: object): Promise<Answered> =>
  started.gateway.ask('POST', '/intake/referral', {
    as: 'gp-de-linde',
    contentType: 'application/json',
    body: JSON.stringify({ ...form, reference: `WORDS-${++count}`, ...more }),
  });
const converse = async (more: object): Promise<Answered> =>
  started.gateway.ask('POST', '/intake/conversation', {
    as: 'registration-team',
    contentType: 'application/json',
    body: JSON.stringify({
      order: await order(),
      date: '2026-11-27T13:00:00+01:00',
      participants: [{ name: 'S. Voorbeeldwijk', role: 'social-domain-professional' }],
      outcome: 'own-network',
      ...more,
    }),
  });
/** Answers to the Questionnaire, in its order: the smallest or the richest of the cases of its map. */
const answered = async (name: string, change: (item: QuestionnaireResponseItem[]) => QuestionnaireResponseItem[]) => {
  const response = JSON.parse(
    file(`mappings/conversation/questionnaire/tests/${name}/input.json`),
  ) as QuestionnaireResponse;
  return started.gateway.ask('POST', '/fhir', {
    as: 'registration-team',
    body: JSON.stringify({ ...response, basedOn: [{ reference: await order() }], item: change(response.item ?? []) }),
  });
};
const errorsOf = (answer: Answered) =>
  (JSON.parse(answer.text) as OperationOutcome).issue.map(({ details, expression }) => [
    details?.coding?.[1]?.code,
    expression?.[0],
  ]);

describe('life domains in words', () => {
  test.each([
    [
      'of an activity',
      { activities: [{ description: 'Koor', kind: 'self-help', lifeDomains: ['zingen', 'reizen', 'finances'] }] },
    ],
    ['of a goal', { goals: [{ description: 'Weer zingen', lifeDomains: ['zingen', 'reizen'] }] }],
    ['of a request', { requests: [{ kind: 'advice', reason: 'Rust', lifeDomains: ['zingen', 'reizen'] }] }],
    [
      'of a request with an offer',
      { requests: [{ kind: 'advice', offer: 'debt-counselling', reason: 'Rust', lifeDomains: ['zingen', 'reizen'] }] },
    ],
  ])('several %s are accepted, and named', async (_, more) => {
    const answer = await converse({
      question: 'Weer zingen',
      goals: [{ description: 'Rust', lifeDomains: ['finances'] }],
      ...more,
    });
    expect(answer.status, answer.text).toBe(200);
    expect(allWarningsOf(answer).filter((it) => it === 'life-domain-unknown')).toHaveLength(2);
    const resources = await Promise.all(
      ['CarePlan', 'Goal', 'ServiceRequest']
        .filter((it) => locationOf(answer, it))
        .map((it) => read(answer, it, 'registration-team')),
    );
    for (const word of ['zingen', 'reizen']) expect(JSON.stringify(resources)).toContain(word);
  });

  test('several of an activity in the Questionnaire are accepted', async () => {
    const words = [{ valueString: 'tuin' }, { valueString: 'buren' }];
    const answer = await answered('rich', (items) => {
      const activity = items.find(({ linkId }) => linkId === 'activity')!;
      const parts = activity.item!.filter(({ linkId }) => linkId !== 'activity-life-domain');
      activity.item = [...parts, { linkId: 'activity-life-domain', answer: words }];
      return items;
    });
    expect(answer.status, answer.text).toBe(200);
    const plan = await read<CarePlan>(answer, 'CarePlan', 'registration-team');
    expect(plan.activity?.map(({ detail }) => detail?.code?.text)).toContain('tuin, buren');
  });

  test.each([
    ['in words', ['tuin', 'buren'], ['tuin', 'buren'], 2],
    ['of the other list', ['finances'], ['zrm-domain'], 0],
  ])('of a referral, %s, are accepted', async (_, lifeDomain, expected, unknown) => {
    const answer = await refer({ lifeDomain });
    expect(answer.status, answer.text).toBe(200);
    expect(allWarningsOf(answer).filter((it) => it === 'life-domain-unknown')).toHaveLength(unknown);
    const stored = JSON.stringify(await read<ServiceRequest>(answer, 'ServiceRequest', 'gp-de-linde'));
    for (const it of expected) expect(stored).toContain(it);
  });
});

describe('only a question', () => {
  const reasonOf = async (answer: Answered) =>
    (await read<Encounter>(answer, 'Encounter', 'registration-team')).reasonCode?.[0]?.text;

  test.each(['Hoe kom ik weer aan slapen toe?', 'Wie helpt mij met de post?'])(
    'is in the record: %s',
    async (words) => {
      const inForm = await converse({ question: words, outcome: 'more-exploration' });
      const inAnswers = await answered('minimal', (items) => [
        ...items.filter(({ linkId }) => linkId === 'date'),
        { linkId: 'question', answer: [{ valueString: words }] },
        ...items.filter(({ linkId }) => linkId !== 'date'),
      ]);
      for (const answer of [inForm, inAnswers]) {
        expect(answer.status, answer.text).toBe(200);
        expect(allWarningsOf(answer)).not.toContain('form-value-ignored');
        expect(await reasonOf(answer)).toBe(words);
      }
    },
  );
});

describe('values left empty', () => {
  test.each([
    ['texts of a referral', { person: { ...form.person, phone: '', email: ' ' }, remarks: '', lifeDomain: [''] }],
    [
      'a whole part of it',
      { closeOne: [{ name: '', relationship: '', phone: '' }], complaint: [{ icpc: '', text: '' }] },
    ],
    ['an organization', { referrer: { ...form.referrer, phone: '', profession: '' } }],
  ])('%s are absent', async (_, more) => {
    const answer = await refer(more);
    expect([answer.status, warningsOf(answer).filter((it) => it?.startsWith('form'))], answer.text).toEqual([200, []]);
    expect(JSON.stringify(await read(answer, 'ServiceRequest', 'gp-de-linde'))).not.toContain('""');
  });

  test('of a conversation are absent', async () => {
    const more = {
      question: '',
      goals: [{ description: '', lifeDomains: [''] }],
      strengths: [''],
      outcome: 'more-exploration',
    };
    expect((await converse(more)).status).toBe(200);
  });

  test.each([
    [
      'of a conversation',
      () => converse({ question: 'x', outcome: 'more-exploration', consents: [{ given: '', date: '2026-11-27' }] }),
    ],
    ['of a referral', () => refer({ consent: { given: '', date: '2026-11-27' } })],
  ])('about a consent %s are refused: they could be the refusal', async (_, send) => {
    const answer = await send();
    expect(answer.status, answer.text).toBe(422);
    expect(JSON.stringify(errorsOf(answer))).toMatch(/consent/);
  });

  test('that the referral needs are named at their field', async () => {
    expect(errorsOf(await refer({ referrer: { ...form.referrer, role: '' } }))).toContainEqual([
      'referral-sender-missing',
      'referral-form.referrer.role',
    ]);
  });
});

describe('words in the place of a code', () => {
  test.each([
    ['the role of the referrer', { referrer: { ...form.referrer, role: 'Huisarts' } }, 'referral-form.referrer.role'],
    ['another role', { referrer: { ...form.referrer, role: 'wijkverpleegkundige' } }, 'referral-form.referrer.role'],
    [
      'the recipient of a consent',
      { consent: { given: true, date: '2026-11-01', towards: ['gemeente'] } },
      'referral-form.consent.towards[0]',
    ],
    ['the priority', { priority: 'spoed' }, 'referral-form.priority'],
    ['the gender', { person: { ...form.person, gender: 'vrouw' } }, 'referral-form.person.gender'],
  ])('%s is reported at its field, and not as an element of a profile', async (_, more, place) => {
    const answer = await refer(more);
    expect(answer.status).toBe(422);
    expect(errorsOf(answer)).toEqual([['form-code-unknown', place]]);
    expect(answer.text).not.toMatch(/slice|element [A-Z]/);
  });

  test.each(['buurvrouw', 'Huisarts'])('the role %s of a participant is accepted as words', async (role) => {
    const answer = await converse({ participants: [{ name: 'A', role }], question: 'x', outcome: 'more-exploration' });
    expect([answer.status, warningsOf(answer)], answer.text).toEqual([
      200,
      expect.arrayContaining(['participant-role-unknown']),
    ]);
  });
});

describe('a BSN in Task.for', () => {
  const bsn = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999901102' };
  const bundle = (
    reference: string | undefined,
    subject = 'urn:uuid:0d5c8a3e-0000-4000-8000-00000000000b',
  ): Bundle => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        fullUrl: 'urn:uuid:0d5c8a3e-0000-4000-8000-00000000000a',
        resource: { resourceType: 'Patient', id: 'mother', name: [{ family: 'Proef' }] },
      },
      {
        // an absolute address names the entry that has it (R4, bundle.html#references)
        fullUrl: reference?.startsWith('https:') ? reference : 'urn:uuid:0d5c8a3e-0000-4000-8000-00000000000b',
        resource: { resourceType: 'Patient', id: 'child', name: [{ family: 'Proef' }] },
      },
      {
        fullUrl: 'urn:uuid:0d5c8a3e-0000-4000-8000-00000000000c',
        resource: {
          resourceType: 'ServiceRequest',
          status: 'active',
          intent: 'order',
          subject: { reference: subject },
        },
      },
      {
        fullUrl: 'urn:uuid:0d5c8a3e-0000-4000-8000-00000000000d',
        resource: {
          resourceType: 'Task',
          status: 'requested',
          intent: 'order',
          for: { ...(reference ? { reference } : {}), identifier: bsn },
        },
      },
    ],
  });

  test.each([
    ['by the address of its entry', 'urn:uuid:0d5c8a3e-0000-4000-8000-00000000000b'],
    ['by type and id', 'Patient/child'],
    ['by an absolute address', 'https://his.example.org/fhir/Patient/child'],
    ['by the person of the order', undefined],
  ])('is moved to the Patient that it names only: %s', async (_, reference) => {
    for (const map of ['elz-referral', 'coordination-task']) {
      const answer = await started.gateway.ask(
        'POST',
        `/fhir/StructureMap/$transform?source=https://mgn.example/fhir/StructureMap/${map}`,
        {
          as: 'gp-de-linde',
          body: JSON.stringify(bundle(reference)),
        },
      );
      expect(answer.status, answer.text).toBe(200);
      const persons = (JSON.parse(answer.text) as Bundle).entry!.flatMap(({ resource }) =>
        resource?.resourceType === 'Patient' ? [resource] : [],
      );
      expect(persons.map(({ id, identifier }) => [id, identifier?.[0]?.value])).toEqual([
        ['mother', undefined],
        ['child', '999901102'],
      ]);
      expect(answer.headers['mgn-findings']).toContain('bsn-moved-to-patient');
    }
  });
});

test.each([
  ['outcome', { outcome: 'eigen netwerk' }, 'outcome'],
  ['kind of an activity', { activities: [{ description: 'Wandelen', kind: 'zelf doen' }] }, 'activities[0].kind'],
  ['kind of a request', { requests: [{ kind: 'doorverwijzing', offer: 'debt-counselling' }] }, 'requests[0].kind'],
  ['offer of a request', { requests: [{ kind: 'social-request', offer: 'iets met geld' }] }, 'requests[0].offer'],
])('words in the place of the %s are reported at that field, never as the FHIR element', async (_, more, field) => {
  const answer = await converse({ goals: [{ description: 'Weer meedoen' }], ...more });
  const issues = resourceOf<OperationOutcome>(answer).issue.map(
    ({ details, expression }) => `${details?.coding?.[1]?.code} ${expression?.[0]}`,
  );
  expect([answer.status, issues]).toEqual([422, [`form-code-unknown conversation-form.${field}`]]);
});

test.each([
  ['goals', { goals: [{ description: 'Weer meedoen' }] }, 'Weer meedoen'],
  ['agreements', { agreements: ['Volgende week bellen'] }, 'Volgende week bellen'],
  ['strengths', { strengths: ['Kan goed koken'] }, 'Kan goed koken'],
])('a plan may consist of %s only', async (_, part, words) => {
  const answer = await converse(part);
  expect(answer.status, answer.text).toBe(200);
  const plan = await read<CarePlan>(answer, 'CarePlan', 'registration-team');
  expect(plan.text?.div).toContain(words);
});
