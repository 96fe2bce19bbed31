import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Consent, ConsentProvision } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mgnExtension } from '../../src/fhir/canonical.ts';
import { tokensIn } from '../support/canary/encodings.ts';
import { coded } from '../support/exchange/conversation-record.ts';
import { isLong } from '../support/long.ts';
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
  'operator',
] as const;
const sinks = new Map<string, Sink>();
const lines: string[] = [];
let gateway: TestGateway;
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

type Generated = {
  readonly body: Bundle;
  readonly owner: (typeof parties)[number];
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

function generated(n: number, it: Random): Generated {
  const isSocial = it.chance(0.6);
  const body = example(isSocial ? '060-social-request' : '001-referral-as-collection');
  const places = new Map<string, string>();
  const planted = (place: string): string => {
    const token = `Qz${letters(n, 5)}${letters(places.size, 2)}q`;
    places.set(token, place);
    return token;
  };
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
  return { body, owner: isSocial ? 'wijkteam-zonnerveen' : 'registration-team', places, permits: new Set(permits) };
}

/** Whether this party may have a value planted there. */
function isAllowed(party: string, { owner, permits }: Generated, place: string): boolean {
  if (party !== owner) return false;
  if (owner === 'registration-team') return true;
  return permits.has('request') && (place === 'name' || (place === 'contact-data' && permits.has('contact-data')));
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
  for (let n = 0; n < count; n++) {
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
  expect(
    [accepted, refused].every((one) => one > count / 20),
    `${accepted} accepted, ${refused} refused`,
  ).toBe(true);
  if (isLong)
    process.stdout.write(
      `${count} cases: ${accepted} accepted, ${refused} refused; ${[...cases.values()].reduce((sum, one) => sum + one.places.size, 0)} values\n`,
    );
}, 1_800_000);

/** What each party reads of what was sent, in every way: one of the resources, chosen at random. */
async function readBy(sent: Answered, it: Random): Promise<void> {
  const locations = (resourceOf<Bundle>(sent).entry ?? []).flatMap(
    ({ response }) => response?.location?.match(/^[A-Z]\w+\/[^/]+/)?.[0] ?? [],
  );
  const order = locationOf(sent, 'ServiceRequest')!;
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
