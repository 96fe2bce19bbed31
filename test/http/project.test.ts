import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Consent, Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withoutOwnerMarks } from '../../src/disclosure/owner-marks.ts';
import { valuesOf } from '../../src/disclosure/receipt/leaves.ts';
import { mgnExtension } from '../../src/fhir/canonical.ts';
import { resourcesOf } from '../../src/fhir/graph.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { acceptedOrder, coded, consent, recordOf } from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { transferOf } from '../support/exchange/transfer-bundle.ts';
import { isLong } from '../support/long.ts';
import { random } from '../support/random.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

/** `$project`: what a recipient would get, by the code of the disclosure itself, and nothing that the sender may not know. */

let gateway: TestGateway;
let sink: Sink;
const receivers = ['registration-team', 'wijkteam-zonnerveen', 'keerpunt-verslavingszorg', 'ggz-horizonland'];
beforeAll(async () => {
  sink = await startSink();
  gateway = await startGateway({
    addresses: Object.fromEntries(receivers.map((it) => [it, sink.url])),
    configure: (it) => ({
      ...it,
      network: {
        ...it.network,
        settings: { ...it.network.settings, limits: { ...it.network.settings.limits, dryRunsPerMinute: 100_000 } },
      },
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await sink.close();
});

/** Its requester is no organisation of the directory, so that the team may send it. */
const transfer = (): Bundle =>
  JSON.parse(
    JSON.stringify(transferOf(['addiction-care-keerpunt', 'specialist-ggz-horizonland']))
      .replaceAll('99990101', '99990199')
      .replaceAll('01999901', '01999999'),
  );

const example = (name: string): Bundle =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8'));

const part = (it: ParametersParameter, name: string) => it.part?.find((one) => one.name === name);
const parts = (it: ParametersParameter, name: string) => (it.part ?? []).filter((one) => one.name === name);
const disclosuresIn = (answer: Answered): readonly ParametersParameter[] =>
  (resourceOf<Parameters>(answer).parameter ?? []).filter(({ name }) => name === 'disclosure');

const project = (as: string, body: object, recipient: string, more = '') =>
  gateway.ask('POST', `/fhir/$project?recipient=${recipient}${more}`, { as, body: JSON.stringify(body) });

/** `type path` of every value that goes out, with those that the gateway wrote itself, which have no line. */
function shownOut(disclosure: ParametersParameter): ReadonlySet<string> {
  const found = new Set<string>();
  for (const resource of parts(disclosure, 'resource')) {
    const type = part(resource, 'type')!.valueCode!;
    for (const decision of parts(resource, 'decision'))
      if (part(decision, 'outcome')?.valueCode === 'out')
        for (const { valueString } of parts(decision, 'path'))
          found.add(`${type} ${valueString!.replace(/\[\d+\]/g, '')}`);
  }
  return found;
}

/** The paths of what was really sent to a partner, without those that the gateway writes anew for each recipient. */
function pathsOf(body: string): ReadonlySet<string> {
  const bundle = JSON.parse(body) as Bundle;
  // that the person has another referral is for the owner, and never shown to the sender
  const received = resourcesOf(bundle).map((it) => (it.resourceType === 'Task' ? withoutOwnerMarks(it as never) : it));
  return new Set(
    received.flatMap((it) =>
      valuesOf([it as Resource]).map(
        ({ path }) => `${it.resourceType} ${path.slice(`${it.resourceType}/${it.id}.`.length).replace(/\[\d+\]/g, '')}`,
      ),
    ),
  );
}

/** Written by the gateway for each recipient or at delivery, or an identifier and address beside those of the source. */
const ofGateway =
  /^\w+ (meta\.|id$|identifier|basedOn|focus|for\.|subject|requester|performer|owner|status$|intent$|extension)/;

type Generated = {
  readonly name: string;
  readonly as: string;
  readonly body: Bundle;
  readonly recipients: readonly string[];
};

/** Messages with elements taken away and added at random: what is sent is compared with what was shown. */
function generated(count: number): readonly Generated[] {
  const it = random(Number(process.env.MGN_SEED ?? 20_261_201));
  const bases = [
    {
      name: 'referral',
      as: 'gp-de-linde',
      body: example('001-referral-as-collection'),
      recipients: ['registration-team'],
    },
    { name: 'request', as: 'gp-de-linde', body: example('060-social-request'), recipients: ['wijkteam-zonnerveen'] },
    {
      name: 'solicitation',
      as: 'registration-team',
      body: transfer(),
      recipients: ['keerpunt-verslavingszorg', 'ggz-horizonland'],
    },
  ];
  return Array.from({ length: count }, (_, n) => {
    const base = bases[n % bases.length]!;
    const body = structuredClone(base.body);
    for (const { resource } of body.entry ?? []) {
      const elements = resource as unknown as Record<string, unknown>;
      if (resource?.resourceType === 'Patient') {
        if (it.chance(0.4)) elements.telecom = [{ system: 'phone', value: '0612345678' }, { value: 'belt niet' }];
        if (it.chance(0.3)) elements.maritalStatus = { text: 'gescheiden' };
        if (it.chance(0.3)) elements.photo = [{ title: 'foto' }];
        if (it.chance(0.3)) elements.contact = [{ name: { text: 'moeder' } }];
      }
      if (resource?.resourceType === 'ServiceRequest') {
        if (it.chance(0.4)) elements.note = [{ text: 'woorden van zorg' }];
        if (it.chance(0.3)) elements.reasonCode = [{ text: 'klacht' }];
        if (it.chance(0.3)) elements.priority = it.pick(['routine', 'urgent']);
      }
      if (resource?.resourceType === 'Task' && base.name !== 'solicitation') {
        if (it.chance(0.3)) elements.note = [{ text: 'notitie' }];
        if (it.chance(0.3)) elements.description = 'omschrijving';
      }
      if (resource?.resourceType === 'Consent' && it.chance(0.5)) {
        const categories = ['contact-data', 'goals', 'activities', 'bsn'].filter(() => it.chance(0.5));
        if (categories.length)
          elements.provision = {
            ...(resource as Consent).provision,
            code: categories.map((one) => coded('data-category', one)),
          };
      }
    }
    return { ...base, body };
  });
}

describe('of a message that is not sent yet', () => {
  test('what $project shows to go out is what is delivered, and nothing more', async () => {
    const count = isLong ? 600 : 30;
    let compared = 0;
    for (const { name, as, body, recipients } of generated(count)) {
      const shown = new Map<string, ReadonlySet<string>>();
      const refused = new Set<string>();
      for (const recipient of recipients) {
        const phase = name === 'solicitation' ? '&phase=candidate' : '';
        const answer = await project(as, body, recipient, phase);
        expect(answer.status, answer.text).toBe(200);
        const [disclosure] = disclosuresIn(answer);
        if (part(disclosure!, 'verdict')?.valueCode === 'refused') refused.add(recipient);
        else shown.set(recipient, shownOut(disclosure!));
      }
      const trace = crypto.randomUUID();
      const sent = await gateway.ask('POST', '/fhir', {
        as,
        body: JSON.stringify(body),
        headers: { 'x-trace-id': trace },
      });
      expect(sent.status < 300, `${name}: ${sent.text}`).toBe(refused.size === 0);
      if (sent.status >= 300) continue;
      const bodies = await bodiesTo(recipients, locationsIn(sent));
      for (const recipient of recipients) {
        const delivered = pathsOf(bodies.get(recipient)!);
        const expected = shown.get(recipient)!;
        const more = [...delivered].filter((it) => !expected.has(it) && !ofGateway.test(it));
        const less = [...expected].filter((it) => !delivered.has(it) && !ofGateway.test(it));
        expect({ name, recipient, more, less }).toEqual({ name, recipient, more: [], less: [] });
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(count / 2);
  }, 600_000);

  test('each decision has its line and a reason in the language that was asked for; no value of the message', async () => {
    const body = example('060-social-request');
    const answers = await Promise.all(
      (['nl', 'en'] as const).map((language) =>
        project('gp-de-linde', body, 'wijkteam-zonnerveen', `&_language=${language}`),
      ),
    );
    const whys = answers.map((answer) => {
      const [disclosure] = disclosuresIn(answer);
      const decisions = parts(disclosure!, 'resource').flatMap((it) => parts(it, 'decision'));
      expect(decisions.length).toBeGreaterThan(5);
      for (const it of decisions.filter((one) => part(one, 'outcome')?.valueCode === 'withheld')) {
        expect(part(it, 'reason')?.valueCode).toMatch(/^[a-z-]+$/);
        expect(part(it, 'why')?.valueString, JSON.stringify(it)).toBeTruthy();
      }
      expect(
        decisions.some((it) => /mappings\/projections\/.*\.yaml:\d+/.test(part(it, 'line')?.valueString ?? '')),
      ).toBe(true);
      expect(answer.text).not.toMatch(/9999\d{5}/);
      return decisions.map((it) => part(it, 'why')?.valueString).join();
    });
    expect(answers.map(({ headers }) => headers['content-language'])).toEqual(['nl', 'en']);
    expect(whys[0]).toContain('Waar de persoon woont.');
    expect(whys[1]).toContain('Where the person lives.');
    const byHeader = await gateway.ask('POST', '/fhir/$project?recipient=wijkteam-zonnerveen', {
      as: 'gp-de-linde',
      body: JSON.stringify(body),
      headers: { 'accept-language': 'fr, nl;q=0.8, en;q=0.2' },
    });
    expect(byHeader.headers['content-language']).toBe('nl');
  });

  test('to a recipient that the message does not go to: as if it were asked, chosen, or as if its Task had ended', async () => {
    const body = example('001-referral-as-collection');
    const bySelected: Record<string, ReadonlySet<string>> = {};
    for (const phase of ['candidate', 'selected', 'after']) {
      const answer = await project('gp-de-linde', body, 'ggz-horizonland', `&phase=${phase}`);
      expect(answer.status, answer.text).toBe(200);
      const [disclosure] = disclosuresIn(answer);
      expect(part(disclosure!, 'planned')?.valueBoolean).toBe(false);
      bySelected[phase] = shownOut(disclosure!);
    }
    expect([...bySelected.selected!]).toContain('Patient birthDate');
    for (const phase of ['candidate', 'after'])
      expect([...bySelected[phase]!].filter((it) => /^(Patient|ServiceRequest|Condition) /.test(it))).toEqual([]);
    const [social_] = disclosuresIn(await project('gp-de-linde', body, 'wijkteam-zonnerveen'));
    expect(part(social_!, 'verdict')?.valueCode).toBe('refused');
    expect(part(social_!, 'outcome')?.resource).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  test('nothing is stored, sent or asked of a consent source; what is not a message is refused as $explain refuses it', async () => {
    const depth = await gateway.store.depth();
    const answer = await project(
      'gp-de-linde',
      { resourceType: 'Bundle', type: 'collection', entry: [] },
      'registration-team',
    );
    expect(part(disclosuresIn(answer)[0]!, 'verdict')?.valueCode).toBe('refused');
    await project('gp-de-linde', example('001-referral-as-collection'), 'registration-team');
    expect(await gateway.store.depth()).toEqual(depth);
  });

  test.each([
    ['nobody', ''],
    ['', ''],
    ['operator', ''],
    ['registration-team', '&phase=later'],
  ])('a recipient or phase that is none is refused: %s %s', async (recipient, more) => {
    const answer = await project('gp-de-linde', example('001-referral-as-collection'), recipient, more);
    expect([answer.status, rulesOf(answer)]).toEqual([422, ['project-parameter-invalid']]);
  });
});

const locationsIn = (sent: Answered): readonly string[] =>
  (resourceOf<Bundle>(sent).entry ?? []).flatMap(
    ({ response }) => response?.location?.match(/^[A-Z]\w+\/[^/]+/)?.[0] ?? [],
  );

/** What these partners received about what was just sent. */
async function bodiesTo(
  recipients: readonly string[],
  locations: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const recipient of recipients) {
    const { items } = await gateway.store.dispatches({ recipient, count: 500 });
    const { requestId } = items.find(({ about = [] }) => about.some((it) => locations.includes(it)))!;
    const arrived = () => sink.received.find((it) => it.requestId === requestId);
    await expect.poll(() => arrived() !== undefined, { timeout: 20_000 }).toBe(true);
    found.set(recipient, arrived()!.text);
  }
  return found;
}

describe('of an order that is stored', () => {
  const referral = readFileSync(
    join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
  );
  const get = (path: string, as: string) => gateway.ask('GET', `/fhir/${path}`, { as });

  test('its sender is shown what a recipient would get; anybody else learns no more than of one that does not exist', async () => {
    const sent = await partnerAt(gateway, 'gp-de-linde').post('', example('001-referral-as-collection'));
    const [order, task] = [locationOf(sent, 'ServiceRequest')!, locationOf(sent, 'Task')!];
    for (const about of [order, task]) {
      const answer = await get(`${about}/$project?recipient=registration-team`, 'gp-de-linde');
      expect(answer.status, answer.text).toBe(200);
      expect([...shownOut(disclosuresIn(answer)[0]!)]).toContain('Patient birthDate');
    }
    const unknown = `${order.split('/')[0]}/${crypto.randomUUID()}`;
    for (const as of ['registration-team', 'ggz-horizonland', 'gp-veenzicht']) {
      const [one, other] = [
        await get(`${order}/$project?recipient=gp-de-linde`, as),
        await get(`${unknown}/$project?recipient=gp-de-linde`, as),
      ];
      expect([one.status, one.text]).toEqual([404, other.text]);
    }
  });

  test('a Consent that the sender may not read changes nothing of the answer', async () => {
    const order = await acceptedOrder(gateway, referral);
    const team = partnerAt(gateway, 'registration-team');
    const asked = () =>
      Promise.all(
        ['registration-team', 'ggz-horizonland', 'wijkteam-zonnerveen'].flatMap((recipient) =>
          ['selected', 'candidate', 'after'].map((phase) =>
            get(`${order}/$project?recipient=${recipient}&phase=${phase}`, 'gp-de-linde'),
          ),
        ),
      );
    const before = (await asked()).map(({ status, text }) => [status, text]);
    // the person objects to everybody, at the team: the referrer does not read that
    const care = { url: mgnExtension('domain'), valueCodeableConcept: coded('domain', 'care') };
    const objection = { ...consent, provision: { type: 'deny', extension: [care] } };
    const recorded = await team.post('', recordOf({ reference: order }, [objection]));
    expect(recorded.status, recorded.text).toBe(200);
    const [stored] = locationsIn(recorded).filter((it) => it.startsWith('Consent/'));
    expect((await get(stored!, 'gp-de-linde')).status).toBe(404);
    const after = (await asked()).map(({ status, text }) => [status, text]);
    expect(after).toEqual(before);
  });

  test('another referral of the same person is in no answer: not the mark that its owner gets', async () => {
    const body = example('001-referral-as-collection');
    await partnerAt(gateway, 'gp-veenzicht').post(
      '',
      JSON.parse(JSON.stringify(body).replaceAll('99990101', '99990199').replaceAll('01999901', '01999999')) as Bundle,
    );
    for (const recipient of ['registration-team', 'gp-de-linde', 'ggz-horizonland']) {
      const answer = await project('gp-de-linde', body, recipient);
      const inputs = parts(disclosuresIn(answer)[0]!, 'resource').flatMap((it) =>
        parts(it, 'decision').flatMap((one) => parts(one, 'path').map(({ valueString }) => valueString!)),
      );
      expect(answer.text).not.toContain('second-referral');
      expect(
        inputs.filter((it) => it.startsWith('input')),
        recipient,
      ).toEqual([]);
    }
  });

  test('a candidate, and a party that got the order, is no sender of it', async () => {
    const sent = await partnerAt(gateway, 'registration-team').post('', transfer());
    const tasks = locationsIn(sent).filter((it) => it.startsWith('Task/'));
    for (const task of tasks)
      for (const as of ['keerpunt-verslavingszorg', 'ggz-horizonland'])
        expect((await get(`${task}/$project?recipient=registration-team`, as)).status).toBe(404);
    const own = await get(
      `${tasks[0]}/$project?recipient=keerpunt-verslavingszorg&phase=candidate`,
      'registration-team',
    );
    expect(own.status).toBe(200);
    const [disclosure] = disclosuresIn(own);
    expect([...shownOut(disclosure!)].filter((it) => /^(Patient|ServiceRequest) /.test(it))).toEqual([]);
    const task = await partnerAt(gateway, 'keerpunt-verslavingszorg').tasks('status=requested');
    expect(task.length).toBeGreaterThan(0);
  });
});
