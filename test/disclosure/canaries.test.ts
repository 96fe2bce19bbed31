import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import { beforeAll, expect, test } from 'vitest';
import type { Projections } from '../../src/disclosure/index.ts';
import { type Canaries, canariesIn, canaries as newCanaries, resourcesIn } from '../support/canary/plant.ts';
import { loggedInAs } from '../support/console/console.ts';
import { projectionsThatAllow } from '../support/disclosure/changed-projections.ts';
import { type ConsultationReferences, message } from '../support/exchange/consultation.ts';
import { consent, recordOf, social } from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { transferOf } from '../support/exchange/transfer-bundle.ts';
import { subscriptionRequest } from '../support/notification/subscription.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { type Answered, locationOf, resourceOf, startGateway } from '../support/test-gateway.ts';

const folder = join(import.meta.dirname, '../../examples/messages');
const example = (name: string) => JSON.parse(readFileSync(join(folder, name, 'input.json'), 'utf8')) as Bundle;
const expected = readFileSync(join(import.meta.dirname, 'canaries.expected.md'), 'utf8');

/** Who may receive what: the lines `- path` below the heading of a party. */
const allowedFor = (party: string): ReadonlySet<string> => {
  const section = expected.split(/^## /m).find((it) => it.startsWith(`${party}\n`)) ?? '';
  return new Set([...section.matchAll(/^- `([^`]+)`/gm)].map(([, path]) => path ?? ''));
};

const parties = [
  ...[
    'wijkteam-zonnerveen',
    'ggz-horizonland',
    'sociaal-werk-lissenmond',
    'ggz-de-kade',
    'herstelinitiatief-de-brug',
    'keerpunt-verslavingszorg',
  ],
  'operator',
] as const;
/** People of the parties: what the pages of the console show them is like what their system reads. */
const peopleOf: Partial<Readonly<Record<(typeof parties)[number], readonly string[]>>> = {
  'wijkteam-zonnerveen': ['wijkteam'],
  'ggz-horizonland': ['behandelaar'],
  'sociaal-werk-lissenmond': ['sociaal-werk'],
  operator: ['beheerder', 'privacy-officer'],
};

type Seen = Readonly<Record<string, ReadonlySet<string>>>;

/** What a Task that only asks for availability must not have (mgn-task-3, mgn-task-8). */
const notBeforeSelection = [
  ...['for', 'description', 'note', 'reasonCode', 'reasonReference', 'encounter', 'insurance', 'relevantHistory'],
  ...['contained', 'text', 'input', 'output', 'statusReason', 'businessStatus'],
].map((name) => `Task.${name}`);

/** Referral, conversation, case consultation and moves; what each party then has received and can read. */
async function journey(
  projections?: Projections,
): Promise<{ readonly seen: Seen; readonly planted: number; readonly canaries: Canaries }> {
  const canaries = newCanaries();
  const sinks = new Map<string, Sink>();
  for (const party of parties) sinks.set(party, await startSink());
  const lines: string[] = [];
  const line = (it: object) => lines.push(JSON.stringify(it));
  const gateway = await startGateway({
    addresses: Object.fromEntries([...sinks].map(([party, { url }]) => [party, url])),
    log: { info: line, error: line },
    ...(projections ? { configure: (it) => ({ ...it, network: { ...it.network, projections } }) } : {}),
  });
  try {
    const errors: string[] = [];
    const locations = new Set<string>();
    const note = (answer: Answered) => {
      for (const [, it] of answer.text.matchAll(/"((?:[A-Z][A-Za-z]+)\/[0-9a-f-]{36})/g)) locations.add(it!);
      return answer;
    };
    const planted = async (as: string, bundle: Bundle, without: readonly string[] = [], by = ''): Promise<Answered> => {
      let last: Answered | undefined;
      await canaries.plant(
        bundle,
        async (it) => {
          last = note(await partnerAt(gateway, as).post('', it));
          if (last.status < 300) return [];
          return placesOf(last, errors);
        },
        { without, ...(by ? { by } : {}) },
      );
      return last!;
    };
    for (const party of subscribers)
      for (const [topic, filter] of topics(party)) {
        const body = subscriptionRequest({ endpoint: sinks.get(party)!.url, topic: `${topicBase}/${topic}`, filter });
        const subscribed = await partnerAt(gateway, party).post('/Subscription', body);
        expect(subscribed.status, subscribed.text).toBe(201);
      }
    const team = partnerAt(gateway, 'registration-team');
    const sent = await planted('gp-de-linde', example('001-referral-as-collection'));
    const order = locationOf(sent, 'ServiceRequest')!;
    await team.move(locationOf(sent, 'Task')!, { status: 'accepted' });
    await planted('registration-team', recordOf({ reference: order }, [social, consent]));
    const asked = await planted('gp-de-linde', message('150-consultation-asked', { order }));
    const references: Required<ConsultationReferences> = { order, consultation: locationOf(asked, 'Task')! };
    await team.move(references.consultation, { status: 'accepted' });
    await planted('registration-team', message('151-consultation-prepared', references));
    await team.move(references.consultation, { status: 'in-progress' });
    await planted('registration-team', message('152-consultation-recorded', references));

    // By another sender: the planted identifiers are those of the referral, which its sender has sent already. Its requester
    // is no organisation of the directory, so that the team may refer in its name.
    const transfer = JSON.stringify(transferOf(['addiction-care-keerpunt', 'specialist-ggz-horizonland']));
    const unlisted = transfer.replaceAll('99990101', '99990199').replaceAll('01999901', '01999999');
    await planted('registration-team', JSON.parse(unlisted) as Bundle, notBeforeSelection, 'transfer: ');
    // One is selected and receives the order; the other one never learns more than that it was not.
    const selected = partnerAt(gateway, 'ggz-horizonland');
    const [candidate] = await selected.tasks('status=requested');
    expect((await selected.move(`Task/${candidate!.id}`, { status: 'accepted' })).status).toBe(200);
    const chosen = note(await team.move(`Task/${candidate!.id}`, { businessStatus: 'selected' }));
    expect(chosen.status, chosen.text).toBe(200);
    // What care writes in the Task of a referrer of the social domain.
    const bySocial = note(
      await partnerAt(gateway, 'sociaal-werk-lissenmond').post('', example('009-referral-by-social-work')),
    );
    const followed = locationOf(bySocial, 'Task')!;
    await team.move(followed, { status: 'accepted' });
    const task = await team.read<Task>(followed);
    const before: Bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: task }] };
    await canaries.plant(
      before,
      async (it) => {
        const [changed] = resourcesIn(it);
        const answer = note(
          await gateway.ask('PUT', `/fhir/${followed}`, {
            as: 'registration-team',
            body: JSON.stringify({ ...changed, status: 'in-progress' }),
            headers: { 'if-match': `W/"${task.meta?.versionId}"` },
          }),
        );
        return answer.status < 300
          ? []
          : placesOf(answer, errors).map((place) => place.replace(/^Task/, 'Bundle.entry[0].resource'));
      },
      { by: 'care: ' },
    );

    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await sinks.get('wijkteam-zonnerveen')!.until(3);
    for (const party of subscribers)
      expect(await notified(sinks.get(party)!), `${party} is notified of events`).toBe(true);
    await pause(500);
    let pagesShown = 0;
    const seen: Record<string, ReadonlySet<string>> = {};
    for (const [, { received }] of sinks) for (const { text } of received) note({ status: 200, headers: {}, text });
    for (const party of parties) {
      const texts = sinks.get(party)!.received.map(({ text }) => text);
      const get = async (path: string) => {
        const answer = await gateway.ask('GET', `/fhir/${path}`, { as: party });
        texts.push(answer.text, JSON.stringify(answer.headers));
        return answer;
      };
      for (const { headers } of sinks.get(party)!.received) texts.push(JSON.stringify(headers));
      for (const type of [
        'Task',
        'ServiceRequest',
        'Appointment',
        'Communication',
        'Consent',
        'Composition',
        'CarePlan',
      ])
        for (const it of (await get(`${type}?_count=100`)).text.matchAll(/"((?:[A-Z][A-Za-z]+)\/[0-9a-f-]{36})/g))
          locations.add(it[1]!);
      for (const it of locations) {
        const read = await get(it);
        if (read.status !== 200) continue;
        await get(`${it}/_history`);
        if (it.startsWith('ServiceRequest/'))
          for (const one of ['$case', '$explain', '$propose-transfer']) await get(`${it}/${one}`);
        if (/^(ServiceRequest|Task)\//.test(it))
          for (const recipient of ['registration-team', 'ggz-horizonland', 'wijkteam-zonnerveen'])
            for (const phase of ['candidate', 'selected', 'after'])
              await get(`${it}/$project?recipient=${recipient}&phase=${phase}`);
      }
      for (const who of peopleOf[party] ?? []) {
        const browser = await loggedInAs(gateway.url, who);
        const tasks = [...locations].flatMap((it) => (it.startsWith('Task/') ? `/inbox/${it.slice(5)}` : []));
        const lists = ['new', 'open', 'done'].map((it) => `/inbox?show=${it}`);
        const messages = (await gateway.store.messageHeads({ count: 100 })).items.flatMap(({ id }) =>
          ['', '?as=case', '?arrow=3'].map((it) => `/messages/${id}${it}`),
        );
        const forms = ['/register', '/conversation', ...tasks.map((it) => it.replace('inbox', 'conversation'))];
        const example = '/workbench?example=001-referral-as-collection';
        for (const path of ['/', example, ...lists, ...tasks, ...forms, ...messages]) {
          const page = await browser.visit(`${gateway.url}${path}`);
          texts.push(page.text, JSON.stringify(page.headers));
          if (page.status === 200) pagesShown++;
        }
      }
      seen[party] = new Set(texts.flatMap((it) => canariesIn(canaries, it)));
    }
    expect(pagesShown, 'pages of the console').toBeGreaterThan(20);
    const audit = (await gateway.store.audit({ count: 500 })).items.map(({ text }) => text);
    seen.audit = new Set(audit.flatMap((it) => canariesIn(canaries, it)));
    seen.log = new Set(lines.flatMap((it) => canariesIn(canaries, it)));
    seen.errors = new Set(errors.flatMap((it) => canariesIn(canaries, it)));
    const { items } = await gateway.store.messages({ count: 100 });
    const proofs = items.map(({ messageLog }) =>
      JSON.stringify((JSON.parse(messageLog) as { proofs?: object }).proofs ?? []),
    );
    expect(proofs.filter((it) => it.length > 1000).length, 'receipts').toBeGreaterThan(3);
    seen.receipts = new Set(proofs.flatMap((it) => canariesIn(canaries, it)));
    const pages = await Promise.all(
      ['/metrics', '/readyz', '/healthz', '/fhir/metadata', '/dead-letters'].map((path) =>
        gateway.ask('GET', path, { as: 'operator' }),
      ),
    );
    seen.metrics = new Set(pages.flatMap(({ text }) => canariesIn(canaries, text)));
    return { seen, planted: canaries.pathOf.size, canaries };
  } finally {
    await gateway.stop();
    for (const sink of sinks.values()) await sink.close();
  }
}

/** Parties that follow their Tasks by Subscriptions: what they are notified of is a sink like any other. */
const subscribers = [
  'wijkteam-zonnerveen',
  'keerpunt-verslavingszorg',
  'ggz-horizonland',
  'sociaal-werk-lissenmond',
] as const;

const topicBase = 'https://mgn.example/fhir/SubscriptionTopic';

const servicesOf: Readonly<Record<(typeof subscribers)[number], readonly (readonly [string, string])[]>> = {
  'wijkteam-zonnerveen': [['mgn-task-case-consultation', 'owner=HealthcareService/neighbourhood-team-zonnerveen']],
  'keerpunt-verslavingszorg': [['mgn-task-transfer', 'owner=HealthcareService/addiction-care-keerpunt']],
  'ggz-horizonland': [['mgn-task-transfer', 'owner=HealthcareService/specialist-ggz-horizonland']],
  'sociaal-werk-lissenmond': [
    ['mgn-task-registration', 'requester:identifier=http://fhir.nl/fhir/NamingSystem/kvk|99990302'],
  ],
};
const topics = (party: (typeof subscribers)[number]) => servicesOf[party];

/** Whether an event, not only a handshake, arrived. */
async function notified({ received }: Sink): Promise<boolean> {
  for (let n = 0; n < 200; n++) {
    if (received.some(({ text }) => text.includes('event-notification'))) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** Places of the errors of a refusal, which is kept to be searched too. */
function placesOf(answer: Answered, errors: string[]): string[] {
  errors.push(answer.text);
  const { issue = [] } = resourceOf<OperationOutcome>(answer);
  const wrong = issue.filter(({ severity }) => severity === 'error' || severity === 'fatal');
  return wrong.map(({ expression }) => expression?.[0] ?? '');
}

/** `transfer: *` allows every value of that message. */
const isAllowed = (path: string, allowed: ReadonlySet<string>): boolean =>
  allowed.has(path) || allowed.has(path.replace(/: .*/, ': *'));

/** Canaries beyond the list of each party. */
const beyond = (seen: Seen): string[] =>
  Object.entries(seen).flatMap(([party, paths]) =>
    [...paths].filter((path) => !isAllowed(path, allowedFor(party))).map((path) => `${party}: ${path}`),
  );

let seen: Seen;
let planted: number;
beforeAll(async () => {
  ({ seen, planted } = await journey());
}, 120_000);

test('every party gets and reads what its list names, and no other value of the messages', () => {
  expect(planted, 'canaries in every element').toBeGreaterThan(500);
  expect(beyond(seen).sort()).toEqual([]);
});

test('and what its list names does reach it: the lists are not wider than the exchange', () => {
  for (const party of Object.keys(seen))
    for (const it of allowedFor(party))
      expect([party, it, [...seen[party]!].some((path) => isAllowed(path, new Set([it])))]).toEqual([party, it, true]);
});

test.each([
  ['a goal', 'social-domain-selected', 'social-request', 'Goal', 'note'],
  ['an invitation', 'ggz-candidate', 'invitation', 'Task', 'groupIdentifier'],
  ['an appointment', 'ggz-candidate', 'invitation', 'Appointment', 'comment'],
  ['a name', 'social-domain-selected', 'social-request', 'Patient', 'name.text'],
] as const)(
  'a projection with an element more is detected: %s',
  async (_, file, message, type, path) => {
    // Either the value reaches a party, or the profile of the outgoing Bundle refuses the message before it does.
    const found = await journey(projectionsThatAllow(file, message, type, path)).then(
      ({ seen: changed }) => beyond(changed),
      ({ message }: Error) => [message],
    );
    expect(found).not.toEqual([]);
    for (const it of found) expect(it).toMatch(/^(not accepted: |[a-z-]+: \w+\.)/);
  },
  120_000,
);
