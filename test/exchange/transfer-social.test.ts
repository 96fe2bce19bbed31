import type { Bundle, Consent, Patient, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import { consent } from '../support/exchange/conversation-record.ts';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

/** From ggz to the social domain and back: only on explicit consent, and never with what care knows. */
let gateway: TestGateway;
let neighbourhood: Sink;
let gp: ReturnType<typeof partnerAt>;
let team: ReturnType<typeof partnerAt>;
let wijkteam: ReturnType<typeof partnerAt>;
let kade: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  neighbourhood = await startSink();
  gateway = await startGateway({ addresses: { 'wijkteam-zonnerveen': neighbourhood.url } });
  gp = partnerAt(gateway, 'gp-de-linde');
  team = partnerAt(gateway, 'registration-team');
  wijkteam = partnerAt(gateway, 'wijkteam-zonnerveen');
  kade = partnerAt(gateway, 'ggz-horizonland');
});
afterAll(async () => {
  await gateway.stop();
  await neighbourhood.close();
});

const ofCare = /mental|Down|P03|depress|Somber|Condition|Composition|9999\d{5}|Voorbeeldarts|birthDate/;
const personal = /Proefpersoon|Patient\/|Verzonnenlaan|0600000001/;

const resourcesIn = <T extends Resource>({ entry = [] }: Bundle, type: T['resourceType']): T[] =>
  entry.flatMap(({ resource }) => (resource?.resourceType === type ? [resource as T] : []));

/** The bundle, each Task of which leans on explicit consent, with a Consent for the social domain. */
function onConsent(bundle: Bundle, change: Partial<Consent> | 'none' = {}): Bundle {
  const person = bundle.entry!.find(({ resource }) => resource?.resourceType === 'Patient')!.fullUrl!;
  for (const task of resourcesIn<Task>(bundle, 'Task'))
    task.extension = [
      {
        url: mgnExtension('legal-basis'),
        valueCodeableConcept: { coding: [{ system: mgnCodeSystem('legal-basis'), code: 'explicit-consent' }] },
      },
    ];
  if (change === 'none') return bundle;
  const resource = { ...consent, patient: { reference: person }, ...change } as Consent;
  return {
    ...bundle,
    entry: [...bundle.entry!, { fullUrl: 'urn:uuid:5f0c1f0e-0000-4000-8000-000000000077', resource }],
  };
}

async function underway() {
  const sent = await gp.post('', referral());
  const [task, order] = [locationOf(sent, 'Task')!, locationOf(sent, 'ServiceRequest')!];
  await team.move(task, { status: 'accepted' });
  await team.move(task, { status: 'in-progress' });
  return { basedOn: order, partOf: task };
}

const tasksIn = (answer: Answered): string[] =>
  (resourceOf<Bundle>(answer).entry ?? []).flatMap(({ response }) =>
    response?.location?.startsWith('Task/') ? [response.location.replace(/\/_history.*/, '')] : [],
  );

async function solicited() {
  const onward = await underway();
  const bundle = onConsent(transferOf(['neighbourhood-team-zonnerveen', 'addiction-care-keerpunt'], { onward }));
  const answer = await team.post('', bundle);
  expect(answer.status, answer.text).toBe(200);
  const tasks = tasksIn(answer);
  for (const it of tasks)
    if ((await wijkteam.status(it)) === 200)
      return { onward, order: locationOf(answer, 'ServiceRequest')!, mine: it, tasks };
  throw new Error('the neighbourhood team was not asked');
}

describe('to the social domain', () => {
  test('the question ends with the Consent, also when a foreign coding precedes the legal basis', async () => {
    const onward = await underway();
    const bundle = onConsent(transferOf(['neighbourhood-team-zonnerveen', 'addiction-care-keerpunt'], { onward }));
    for (const task of resourcesIn<Task>(bundle, 'Task'))
      task.extension?.[0]?.valueCodeableConcept?.coding?.unshift({ system: 'https://ehr.example/grounds', code: 'x' });
    const sent = await team.post('', bundle);
    expect(sent.status, sent.text).toBe(200);
    const given = await team.read<Consent>(locationOf(sent, 'Consent')!);
    const ended = await gateway.ask('PUT', `/fhir/Consent/${given.id}`, {
      as: 'registration-team',
      body: JSON.stringify({ ...given, status: 'inactive' }),
      headers: { 'if-match': `W/"${given.meta?.versionId}"` },
    });
    expect(ended.status, ended.text).toBe(200);
    const statuses = [];
    for (const it of tasksIn(sent))
      if ((await wijkteam.status(it)) === 200) statuses.push((await wijkteam.read<Task>(it)).status);
    expect(statuses).toEqual(['cancelled']);
  });

  test('it is asked without saying for whom, and without what care knows', async () => {
    const before = neighbourhood.received.length;
    const { mine, order } = await solicited();
    const seen = JSON.stringify(await wijkteam.read<Task>(mine));
    expect(seen).not.toMatch(personal);
    expect(seen).not.toMatch(ofCare);
    expect(seen).toContain('finances');
    expect(await wijkteam.status(order)).toBe(404);
    await neighbourhood.until(before + 1);
    expect(neighbourhood.received.at(-1)?.text).not.toMatch(personal);
  });

  test('selected, it gets a request of its own: what the Consent lets through, and nothing of care', async () => {
    const { mine, order } = await solicited();
    await wijkteam.move(mine, { status: 'accepted' });
    const before = neighbourhood.received.length;
    const selected = await team.move(mine, { businessStatus: 'selected' });
    expect(selected.status, selected.text).toBe(200);
    const task = await wijkteam.read<Task>(mine);
    expect(task.code?.coding?.[0]?.code).toBe('fulfill');
    expect(task.focus?.reference).not.toBe(order);
    expect(await wijkteam.status(order), 'never the order of care').toBe(404);
    const made = await wijkteam.read<ServiceRequest>(task.focus!.reference!);
    expect(made.basedOn?.[0]?.reference).toBe(order);
    const person = await wijkteam.read<Patient>(task.for!.reference!);
    expect(person.name?.[0]?.family).toBe('Proefpersoon');
    await neighbourhood.until(before + 1);
    const { text } = neighbourhood.received.at(-1)!;
    expect(text).toContain('Proefpersoon');
    for (const one of [text, JSON.stringify([task, made, person])]) expect(one).not.toMatch(ofCare);

    expect((await wijkteam.move(mine, { status: 'in-progress' })).status).toBe(200);
    const done = await wijkteam.move(mine, { status: 'completed', businessStatus: 'handed-over' });
    expect(done.status, done.text).toBe(200);
    expect((await team.read<ServiceRequest>(task.focus!.reference!)).status).toBe('completed');
  });

  test('the order goes on as the one that was made of it, which is withdrawn', async () => {
    const { mine, order } = await solicited();
    await wijkteam.move(mine, { status: 'accepted' });
    await team.move(mine, { businessStatus: 'selected' });
    const first = await team.move(order, { status: 'revoked', reason: 'withdrawn-by-person' });
    expect(rulesOf(first)).toEqual(['order-forwarded']);
    const made = (await team.read<Task>(mine)).focus!.reference!;
    expect((await team.move(made, { status: 'revoked', reason: 'withdrawn-by-person' })).status).toBe(200);
    const ended = await wijkteam.read<Task>(mine);
    expect([ended.status, codeOf(ended.statusReason)]).toEqual(['cancelled', 'withdrawn-by-person']);
  });

  test.each<[string, Partial<Consent> | 'none', string]>([
    ['without a Consent', 'none', 'social-consent-missing'],
    ['on one that was withdrawn', { status: 'inactive' }, 'social-consent-missing'],
    [
      'when the person objects',
      { provision: { ...consent.provision, type: 'deny' } as Consent['provision'] & object },
      'consent-denied',
    ],
  ])('nobody is asked %s', async (_, change, rule) => {
    const onward = await underway();
    const before = await gateway.store.depth();
    const bundle = onConsent(
      transferOf(['addiction-care-keerpunt', 'neighbourhood-team-zonnerveen'], { onward }),
      change,
    );
    const refused = await team.post('', bundle);
    expect([refused.status, ...rulesOf(refused)], refused.text).toEqual([403, rule]);
    expect((await gateway.store.depth()).waiting).toBe(before.waiting);
  });

  test('directed: one is asked, which gets the same extract at once', async () => {
    const onward = await underway();
    const bundle = onConsent(transferOf(['neighbourhood-team-zonnerveen'], { onward, directed: true }));
    const answer = await team.post('', bundle);
    expect(answer.status, answer.text).toBe(200);
    const given = await wijkteam.read<Task>(locationOf(answer, 'Task')!);
    expect(given.for?.reference).toMatch(/^Patient\//);
    expect(JSON.stringify(given)).not.toMatch(ofCare);
  });
});

describe('from the social domain', () => {
  const takenOver = async () => {
    const { mine } = await solicited();
    await wijkteam.move(mine, { status: 'accepted' });
    await team.move(mine, { businessStatus: 'selected' });
    await wijkteam.move(mine, { status: 'in-progress' });
    const { focus } = await wijkteam.read<Task>(mine);
    return { basedOn: focus!.reference!, partOf: mine };
  };

  test('onward into ggz, on explicit consent for it', async () => {
    const onward = await takenOver();
    const forCare = {
      extension: [
        {
          url: mgnExtension('domain'),
          valueCodeableConcept: { coding: [{ system: mgnCodeSystem('domain'), code: 'care' }] },
        },
      ],
    };
    const bundle = (provision: object | 'none') =>
      onConsent(
        transferOf(['specialist-ggz-horizonland'], { onward, directed: true }),
        provision === 'none' ? 'none' : ({ provision: { type: 'permit', ...provision } } as Partial<Consent>),
      );
    const without = await wijkteam.post('', bundle('none'));
    expect([without.status, ...rulesOf(without)], without.text).toEqual([403, 'consent-missing']);
    const answer = await wijkteam.post('', bundle(forCare));
    expect(answer.status, answer.text).toBe(200);
    expect((await wijkteam.read<Task>(locationOf(answer, 'Task')!)).owner?.reference).toBe(
      'HealthcareService/specialist-ggz-horizonland',
    );
    expect(await kade.status(locationOf(answer, 'ServiceRequest')!)).toBe(200);
  });
});
