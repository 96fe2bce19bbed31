import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Consent, ConsentProvision } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mgnExtension } from '../../src/fhir/canonical.ts';
import { tokensIn } from '../support/canary/encodings.ts';
import { message } from '../support/exchange/consultation.ts';
import {
  acceptedOrder,
  coded,
  consent as consentOf,
  recordOf,
  social as socialRequest,
} from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { transferOf } from '../support/exchange/transfer-bundle.ts';
import { isLong } from '../support/long.ts';
import { startRecordingSpans } from '../support/observe/recorded-spans.ts';
import { type Random, random } from '../support/random.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { type Answered, locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/**
 * Canaries in generated cases: each message has values of its own in every place that its profile allows, each with generated Consents, and goes to
 * one of several recipients. What each party then received, reads and is shown, and what the gateway writes about itself, has no value that was
 * not allowed to it. What is allowed is stated here a second time, from what was generated.
 */

const count = Number(process.env.MGN_CASES ?? (isLong ? 3_000 : 30));
const parties = [
  'registration-team',
  'wijkteam-zonnerveen',
  'ggz-horizonland',
  'sociaal-werk-lissenmond',
  'keerpunt-verslavingszorg',
  'operator',
] as const;
type Party = (typeof parties)[number];
const sinks = new Map<string, Sink>();
const lines: string[] = [];
let gateway: TestGateway;
const spans = startRecordingSpans();
beforeAll(async () => {
  for (const it of parties) sinks.set(it, await startSink());
  const line = (it: object) => lines.push(JSON.stringify(it));
  gateway = await startGateway({
    addresses: Object.fromEntries([...sinks].map(([it, { url }]) => [it, url])),
    log: { info: line, error: line },
    configure: (it) => ({
      ...it,
      network: {
        ...it.network,
        settings: { ...it.network.settings, limits: { ...it.network.settings.limits, dryRunsPerMinute: 1_000_000 } },
      },
    }),
  });
});
afterAll(async () => {
  spans.stop();
  await gateway.stop();
  for (const it of sinks.values()) await it.close();
});

const example = (name: string): Bundle =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8'));

/** `Qz`, a number of the case and of the place in letters, `q`: reads as a name. */
const letters = (it: number, size: number) =>
  [...String(it).padStart(size, '0')].map((digit) => 'bcdfghjklm'[Number(digit)]).join('');
const form = /Qz[b-m]{7}q/g;
const caseOf = (token: string): string => token.slice(2, 7);

const kinds = ['referral', 'conversation', 'solicitation', 'consultation'] as const;

type Generated = {
  readonly body: Bundle;
  /** Whose it is: who sent it, or receives it whole. */
  readonly owners: readonly Party[];
  /** Who may have which value: by the place where it was planted. */
  readonly places: ReadonlyMap<string, string>;
  readonly permits: ReadonlySet<string>;
};

const toTheTeam = 'Organization/wijkteam-zonnerveen';
const social = { url: mgnExtension('domain'), valueCodeableConcept: coded('domain', 'social') };

/** A Consent to the team, or to another, of some categories, with an exception or a period at random. */
function provisionOf(it: Random): { readonly provision: ConsentProvision; readonly permits: readonly string[] } {
  const categories = ['contact-data', 'goals', 'activities', 'bsn'].filter(() => it.chance(0.4));
  const code = categories.length ? { code: categories.map((one) => coded('data-category', one)) } : {};
  const recipient = it.pick([
    {
      actor: [
        {
          role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
          reference: { reference: toTheTeam },
        },
      ],
    },
    { extension: [social] },
  ]);
  const period = it.pick([{}, {}, { period: { end: '2020-01-01' } }, { period: { start: '2020-01-01' } }]);
  const hasEnded = (period as { period?: { end?: string } }).period?.end !== undefined;
  const type = it.chance(0.85) ? 'permit' : 'deny';
  const all = categories.length ? categories : ['contact-data', 'goals', 'activities'];
  return {
    provision: { type, ...recipient, ...code, ...period } as unknown as ConsentProvision,
    permits: type === 'permit' && !hasEnded ? ['request', ...all] : [],
  };
}

/** The places of one case, each with a value of its own. */
function planting(n: number) {
  const places = new Map<string, string>();
  const planted = (place: string): string => {
    const token = `Qz${letters(n, 5)}${letters(places.size, 2)}q`;
    places.set(token, place);
    return token;
  };
  return { places, planted };
}

const resourcesIn = ({ entry = [] }: Bundle) =>
  entry.flatMap(({ resource }) => (resource ? [resource as unknown as Record<string, unknown>] : []));

/** What follows from a referral of which nothing is planted: sent by this party, with these values. */
type FollowUp = Generated & { readonly as: string; readonly after?: (sent: Answered) => Promise<void> };

/** The record of a conversation, with a request to the social domain on a generated Consent: what the referrer is notified of too. */
function conversation(n: number, it: Random, order: string): FollowUp {
  const { places, planted } = planting(n);
  const { provision, permits } = provisionOf(it);
  const body = recordOf({ reference: order }, [structuredClone(socialRequest), { ...consentOf, provision }]);
  for (const resource of resourcesIn(body)) {
    if (resource.resourceType === 'CarePlan') {
      resource.description = planted('words');
      const activity = resource.activity as { detail?: { description?: string } }[];
      if (activity[0]?.detail && it.chance(0.7)) activity[0].detail.description = planted('activities');
    }
    if (resource.resourceType === 'Goal') {
      const isSocial = JSON.stringify(resource).includes('finances');
      resource.description = { text: planted(isSocial ? 'goals' : 'words') };
      if (it.chance(0.6)) resource.note = [{ text: planted('words') }];
    }
    if (resource.resourceType === 'ServiceRequest' && it.chance(0.8))
      resource.reasonCode = [{ text: planted('words') }];
    if (resource.resourceType === 'Encounter') resource.reasonCode = [{ text: planted('words') }];
  }
  return { body, as: 'registration-team', owners: ['registration-team'], places, permits: new Set(permits) };
}

/** Several candidates asked for a place, of whom one may be selected: it receives the order, the others nothing. */
function solicitation(n: number, it: Random): FollowUp {
  const { places, planted } = planting(n);
  // the requester is no organisation of the directory, so that the team may refer in its name
  const body = JSON.parse(
    JSON.stringify(transferOf(['addiction-care-keerpunt', 'specialist-ggz-horizonland']))
      .replaceAll('99990101', '99990199')
      .replaceAll('01999901', '01999999'),
  ) as Bundle;
  for (const resource of resourcesIn(body)) {
    if (resource.resourceType === 'Patient') {
      resource.name = [{ family: planted('name'), given: [planted('name')] }];
      // where the person lives decides who may be asked
      const [address = {}] = (resource.address ?? []) as object[];
      resource.address = [{ ...address, line: [planted('contact-data')] }];
    }
    if (resource.resourceType === 'ServiceRequest') {
      resource.reasonCode = [{ text: planted('words') }];
      if (it.chance(0.5)) resource.note = [{ text: planted('words') }];
    }
    if (resource.resourceType === 'Condition') resource.note = [{ text: planted('words') }];
  }
  const isSelected = it.chance(0.4);
  const after = async (sent: Answered) => {
    const team = partnerAt(gateway, 'registration-team');
    const horizonland = partnerAt(gateway, 'ggz-horizonland');
    for (const task of locationsOf(sent).filter((one) => one.startsWith('Task/'))) {
      const own = await gateway.ask('GET', `/fhir/${task}`, { as: 'ggz-horizonland' });
      if (own.status !== 200) continue;
      await horizonland.move(task, { status: 'accepted' });
      if (isSelected) expect((await team.move(task, { businessStatus: 'selected' })).status).toBe(200);
    }
  };
  const owners: readonly Party[] = isSelected ? ['registration-team', 'ggz-horizonland'] : ['registration-team'];
  return { body, as: 'registration-team', owners, places, permits: new Set(), after };
}

/** A case consultation: its question by the referrer, and its preparation by the team, with organisations that are invited. */
async function consultation(n: number, it: Random, order: string): Promise<FollowUp> {
  const { places, planted } = planting(n);
  const question = message('150-consultation-asked', { order });
  for (const resource of resourcesIn(question))
    if (resource.resourceType === 'Task') {
      resource.description = planted('words');
      if (it.chance(0.6)) resource.note = [{ text: planted('words') }];
    }
  const asked = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: JSON.stringify(question) });
  expect(asked.status, asked.text).toBe(200);
  const reference = locationOf(asked, 'Task')!;
  expect((await partnerAt(gateway, 'registration-team').move(reference, { status: 'accepted' })).status).toBe(200);
  const body = message('151-consultation-prepared', { order, consultation: reference });
  for (const resource of resourcesIn(body)) {
    if (resource.resourceType === 'Appointment' && it.chance(0.8)) resource.comment = planted('words');
    if (resource.resourceType === 'Task' && it.chance(0.5)) resource.note = [{ text: planted('words') }];
  }
  return { body, as: 'registration-team', owners: ['registration-team'], places, permits: new Set() };
}

const locationsOf = (sent: Answered): readonly string[] =>
  (resourceOf<Bundle>(sent).entry ?? []).flatMap(
    ({ response }) => response?.location?.match(/^[A-Z]\w+\/[^/]+/)?.[0] ?? [],
  );

function generated(n: number, it: Random): Generated {
  const isSocial = it.chance(0.6);
  const body = example(isSocial ? '060-social-request' : '001-referral-as-collection');
  const { places, planted } = planting(n);
  let permits: readonly string[] = [];
  for (const { resource } of body.entry ?? []) {
    const elements = resource as unknown as Record<string, unknown>;
    const some = (name: string, value: () => unknown) => {
      if (it.chance(0.6)) elements[name] = value();
    };
    switch (resource?.resourceType) {
      case 'Patient':
        resource.name = [{ family: planted('name'), given: [planted('name')], text: planted('words') }];
        some('maritalStatus', () => ({ text: planted('words') }));
        some('contact', () => [{ name: { text: planted('words') } }]);
        some('address', () => [
          { use: 'home', line: [planted('words')], city: planted('contact-data'), country: 'NL', postalCode: '9901AB' },
        ]);
        some('photo', () => [
          {
            title: planted('words'),
            data: Buffer.from(planted('words')).toString('base64'),
            contentType: 'text/plain',
          },
        ]);
        break;
      case 'ServiceRequest':
        some('note', () => [{ text: planted('words') }]);
        some('reasonCode', () => [{ text: planted('words') }]);
        some('patientInstruction', () => planted('words'));
        break;
      case 'Task':
        some('description', () => planted('words'));
        some('note', () => [{ text: planted('words') }]);
        break;
      case 'Consent': {
        const made = provisionOf(it);
        (resource as Consent).provision = made.provision;
        permits = made.permits;
        break;
      }
      case 'Condition':
        some('note', () => [{ text: planted('words') }]);
    }
  }
  return { body, owners: isSocial ? [] : ['registration-team'], places, permits: new Set(permits) };
}

/** Whether this party may have a value planted there. */
function isAllowed(party: string, { owners, permits }: Generated, place: string): boolean {
  if (owners.some((it) => it === party)) return true;
  const ofConsent = ['contact-data', 'goals', 'activities'].includes(place) && permits.has(place);
  return party === 'wijkteam-zonnerveen' && permits.has('request') && (place === 'name' || ofConsent);
}

const seen = new Map<string, Set<string>>();
const see = (where: string, text: string) => {
  const found = seen.get(where) ?? new Set();
  for (const it of tokensIn(text, form)) found.add(it);
  seen.set(where, found);
};

test(`in ${count} generated cases nobody gets a value that was not allowed, in any encoding`, async () => {
  const it = random(Number(process.env.MGN_SEED ?? 20_261_130));
  const cases = new Map<string, Generated>();
  const recipients = ['registration-team', 'wijkteam-zonnerveen', 'ggz-horizonland', 'nobody'];
  let [accepted, refused] = [0, 0];
  const done = new Map<string, number>();
  for (let n = 0; n < count; n++) {
    const kind = it.chance(0.5) ? 'referral' : it.pick(kinds.slice(1));
    if (kind !== 'referral') {
      const one = await followUp(kind, n, it);
      cases.set(letters(n, 5), one);
      const sent = await gateway.ask('POST', '/fhir', { as: one.as, body: JSON.stringify(one.body) });
      if (sent.status >= 300) {
        refused += 1;
        see('errors', `${JSON.stringify(sent.headers)}${sent.text}`);
        continue;
      }
      accepted += 1;
      done.set(kind, (done.get(kind) ?? 0) + 1);
      await one.after?.(sent);
      await readBy(sent, it);
      continue;
    }
    const one = generated(n, it);
    cases.set(letters(n, 5), one);
    const body = JSON.stringify(one.body);
    const shown = await gateway.ask(
      'POST',
      `/fhir/$project?recipient=${it.pick(recipients)}&phase=${it.pick(['candidate', 'selected', 'after'])}`,
      { as: 'gp-de-linde', body },
    );
    see('$project', `${JSON.stringify(shown.headers)}${shown.text}`);
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    if (sent.status >= 300) {
      refused += 1;
      see('errors', `${JSON.stringify(sent.headers)}${sent.text}`);
      continue;
    }
    accepted += 1;
    await readBy(sent, it);
  }
  await expect
    .poll(async () => (await gateway.store.depth()).recipients.filter(({ recipient }) => sinks.has(recipient)).length, {
      timeout: 60_000,
    })
    .toBe(0);
  for (const [party, { received }] of sinks)
    for (const { text, headers } of received) see(party, `${JSON.stringify(headers)}${text}`);
  for (const path of ['/metrics', '/readyz', '/dead-letters', '/fhir/metadata'])
    see('operator', (await gateway.ask('GET', path, { as: 'operator' })).text);
  for (let cursor: string | undefined; ; ) {
    const page = await gateway.store.audit({ count: 500, ...(cursor ? { cursor } : {}) });
    for (const { text } of page.items) see('audit', text);
    if (!page.next) break;
    cursor = page.next;
  }
  for (const line of lines) see('log', line);
  for (const span of spans.recorded()) see('traces', span);
  expect(spans.recorded().length, 'spans').toBeGreaterThan(count);

  const beyond = [...seen].flatMap(([where, tokens]) =>
    [...tokens].flatMap((token) => {
      const one = cases.get(caseOf(token));
      const place = one?.places.get(token) ?? 'unknown';
      return one && isAllowed(where, one, place) ? [] : [`${where}: ${place} of case ${caseOf(token)}`];
    }),
  );
  expect(beyond).toEqual([]);
  // the cases are no empty ones: values that are allowed did arrive, of both recipients, and messages were refused
  for (const party of ['registration-team', 'wijkteam-zonnerveen'])
    expect(seen.get(party)?.size, party).toBeGreaterThan(count / 10);
  for (const kind of kinds.slice(1)) expect(done.get(kind) ?? 0, `${kind} accepted`).toBeGreaterThan(count / 40);
  expect(
    [accepted, refused].every((one) => one > count / 20),
    `${accepted} accepted, ${refused} refused`,
  ).toBe(true);
  if (isLong)
    process.stdout.write(
      `${count} cases: ${accepted} accepted, ${refused} refused; ${[...cases.values()].reduce((sum, one) => sum + one.places.size, 0)} values\n`,
    );
}, 1_800_000);

/** A message of another kind, about a referral of its own. */
async function followUp(kind: (typeof kinds)[number], n: number, it: Random): Promise<FollowUp> {
  if (kind === 'solicitation') return solicitation(n, it);
  const order = await acceptedOrder(gateway, Buffer.from(JSON.stringify(example('001-referral-as-collection'))));
  return kind === 'conversation' ? conversation(n, it, order) : consultation(n, it, order);
}

/** What each party reads of what was sent, in every way: one of the resources, chosen at random. */
async function readBy(sent: Answered, it: Random): Promise<void> {
  const locations = locationsOf(sent);
  const order = locationOf(sent, 'ServiceRequest') ?? locations[0]!;
  for (const party of parties) {
    const paths = [
      it.pick(locations),
      `${it.pick(locations)}/_history`,
      `${order}/${it.pick(['$case', '$explain', '$propose-transfer', '$project?recipient=ggz-horizonland'])}`,
      it.pick(['Task?_count=5', 'Task?_count=5&_include=Task:focus', 'Consent', 'Communication?_count=5']),
    ];
    for (const path of paths) {
      const answer = await gateway.ask('GET', `/fhir/${path}`, { as: party });
      see(party, `${JSON.stringify(answer.headers)}${answer.text}`);
    }
  }
}
