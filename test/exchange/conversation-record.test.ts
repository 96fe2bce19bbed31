import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Appointment,
  Bundle,
  CarePlan,
  Communication,
  Encounter,
  Resource,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mgnCodeSystem, mgnNaming } from '../../src/fhir/canonical.ts';
import {
  acceptedOrder,
  advice,
  appointment,
  consent,
  recordOf,
  social,
  transfer,
} from '../support/exchange/conversation-record.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
);
const partners = ['gp-de-linde', 'wijkteam-zonnerveen', 'ggz-horizonland', 'registration-team'] as const;

let sinks: Record<(typeof partners)[number], Sink>;
let gateway: TestGateway;
beforeAll(async () => {
  sinks = Object.fromEntries(
    await Promise.all(partners.map(async (it) => [it, await startSink()] as const)),
  ) as typeof sinks;
  const addresses = Object.fromEntries(partners.map((it) => [it, sinks[it].url]));
  gateway = await startGateway({ addresses });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all(partners.map((it) => sinks[it].close()));
});

const tell = (record: Bundle, as = 'registration-team'): Promise<Answered> =>
  gateway.ask('POST', '/fhir', { as, body: JSON.stringify(record) });
const read = async <T extends Resource>(path: string, as = 'registration-team') =>
  resourceOf<T>(await gateway.ask('GET', `/fhir/${path}`, { as }));
const locationsOf = (answer: Answered, type: string): string[] =>
  (resourceOf<Bundle>(answer).entry ?? []).flatMap(({ response }) =>
    response?.location?.startsWith(`${type}/`) ? response.location.replace(/\/_history.*/, '') : [],
  );
const ofType = <T extends Resource>(sink: Sink, type: T['resourceType']): T[] =>
  sink.received
    .flatMap(({ bundle }) => bundle.entry ?? [])
    .flatMap(({ resource }) => (resource?.resourceType === type ? [resource as T] : []));
const useCaseOf = ({ code }: Task) => code?.coding?.find(({ system }) => system?.endsWith('use-case'))?.code;

describe('the record of a conversation', () => {
  let order: string;
  let answer: Answered;
  beforeAll(async () => {
    order = await acceptedOrder(gateway, referral);
    answer = await tell(recordOf({ reference: order }, [advice, social, transfer, consent]));
  });

  test('is taken in, about the order and the person that the gateway has', async () => {
    expect(answer.status, answer.text).toBe(200);
    const { subject } = await read<ServiceRequest>(order);
    const encounter = await read<Encounter>(locationOf(answer, 'Encounter')!);
    expect(encounter.basedOn).toEqual([{ reference: order }]);
    expect(encounter.subject?.reference).toBe(subject.reference);
  });

  test('has the plan in plain Dutch for the person, with the names of who is asked and no reasons of care', async () => {
    const { text } = await read<CarePlan>(locationOf(answer, 'CarePlan')!);
    expect(text?.div).toContain('Overzicht over mijn geld (over geld)');
    expect(text?.div).toContain(
      'We vragen Wijkteam Zonnerveen om u te helpen met geld. We delen alleen wat u goed vindt.',
    );
    expect(text?.div).toContain('We geven uw huisarts advies.');
    expect(text?.div).not.toMatch(/somber|Schaamt/i);
  });

  test('who referred is told that the plan is there, with the plan', async () => {
    await sinks['gp-de-linde'].until(4);
    const [told] = ofType<Communication>(sinks['gp-de-linde'], 'Communication');
    expect(told?.topic?.coding?.[0]?.code).toBe('plan-ready');
    expect((await read<CarePlan>(locationOf(answer, 'CarePlan')!, 'gp-de-linde')).resourceType).toBe('CarePlan');
  });

  test('advice goes to the GP as a proposal, with a Task that the GP answers', async () => {
    const tasks = ofType<Task>(sinks['gp-de-linde'], 'Task').filter((it) => useCaseOf(it) === 'advice');
    expect(tasks).toHaveLength(1);
    const proposal = ofType<ServiceRequest>(sinks['gp-de-linde'], 'ServiceRequest').find(
      ({ intent }) => intent === 'proposal',
    );
    expect(proposal?.basedOn?.[0]?.reference).toContain(order);
    expect(tasks[0]?.owner?.reference).toContain('Organization/gp-de-linde');
    const accepted = await gateway.ask('PATCH', `/fhir/Task/${tasks[0]?.id}`, {
      as: 'gp-de-linde',
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"1"' },
    });
    expect(accepted.status, accepted.text).toBe(200);
  });

  test('the GP answers the advice with the referral itself, based on it', async () => {
    const proposal = (
      await Promise.all(locationsOf(answer, 'ServiceRequest').map((it) => read<ServiceRequest>(it, 'gp-de-linde')))
    ).find(({ intent }) => intent === 'proposal');
    const bundle = JSON.parse(referral.toString()) as Bundle;
    const transferCode = { system: mgnCodeSystem('use-case'), code: 'transfer' };
    for (const { resource } of bundle.entry ?? []) {
      if (resource?.resourceType === 'ServiceRequest')
        Object.assign(resource, {
          category: [{ coding: [transferCode] }],
          basedOn: [{ reference: `ServiceRequest/${proposal?.id}` }],
        });
      if (resource?.resourceType === 'Task') {
        resource.code?.coding?.splice(1, 1, transferCode);
        resource.owner = { reference: 'HealthcareService/specialist-ggz-horizonland' };
      }
    }
    const ordered = await tell(bundle, 'gp-de-linde');
    expect(ordered.status, ordered.text).toBe(200);
    const stored = await read<ServiceRequest>(locationOf(ordered, 'ServiceRequest')!, 'gp-de-linde');
    expect(stored.basedOn).toEqual([{ reference: `ServiceRequest/${proposal?.id}` }]);
  });

  test('an order goes to a provider that takes orders of the network, whole and within care', async () => {
    await sinks['ggz-horizonland'].until(1);
    const [asked] = ofType<ServiceRequest>(sinks['ggz-horizonland'], 'ServiceRequest');
    expect(asked?.intent).toBe('filler-order');
    expect(asked?.reasonCode?.[0]?.text).toBe('Somber en slaapt slecht');
    const [task] = ofType<Task>(sinks['ggz-horizonland'], 'Task');
    expect(task?.partOf).toHaveLength(1);
    const { subject } = await read<ServiceRequest>(order);
    expect((await read(subject.reference ?? '', 'ggz-horizonland')).resourceType).toBe('Patient');
  });

  test('the social domain gets the extract: its goals and activities, nothing else of the conversation', async () => {
    await sinks['wijkteam-zonnerveen'].until(1);
    const [{ text } = { text: '' }] = sinks['wijkteam-zonnerveen'].received;
    for (const told of ['Overzicht over mijn geld', 'Brieven ordenen']) expect(text).toContain(told);
    expect(text).not.toMatch(/Somber|Schaamt|Beter slapen|Voorbeeldggz|combination|999901/i);
    for (const type of ['Encounter', 'CarePlan', 'CareTeam', 'Goal', 'Consent'])
      for (const location of locationsOf(answer, type))
        expect((await gateway.ask('GET', `/fhir/${location}`, { as: 'wijkteam-zonnerveen' })).status).toBe(404);
  });

  test('by an identifier of the order it is found too', async () => {
    const other = await acceptedOrder(gateway, referral);
    const identifier = { system: mgnNaming('resource'), value: other.replace('ServiceRequest/', '') };
    const told = await tell(recordOf({ type: 'ServiceRequest', identifier }));
    expect(told.status, told.text).toBe(200);
    expect((await read<Encounter>(locationOf(told, 'Encounter')!)).basedOn?.[0]?.reference).toBe(other);
  });
});

test('an appointment made is kept, and nobody is told of a conversation that was not held', async () => {
  const order = await acceptedOrder(gateway, referral);
  const record = recordOf({ reference: order }, [appointment], { plan: false });
  for (const { resource } of record.entry ?? [])
    if (resource?.resourceType === 'Encounter') {
      resource.status = 'planned';
      Reflect.deleteProperty(resource, 'extension');
    }
  const answer = await tell(record);
  expect(answer.status, answer.text).toBe(200);
  expect((await read<Appointment>(locationOf(answer, 'Appointment')!)).basedOn).toEqual([{ reference: order }]);
  expect(locationOf(answer, 'Communication')).toBeUndefined();
});

describe('a record is refused', () => {
  const expectRefused = (answer: Answered, status: number, ...rules: string[]) =>
    expect([answer.status, ...rulesOf(answer)], answer.text).toEqual([status, ...rules]);

  test('from anybody but the team that took the order on', async () => {
    const order = await acceptedOrder(gateway, referral);
    expectRefused(await tell(recordOf({ reference: order }), 'gp-de-linde'), 403, 'conversation-owner-only');
  });

  test('of an order that its sender may not see, as of one that is not there', async () => {
    const order = await acceptedOrder(gateway, referral);
    const stranger = await tell(recordOf({ reference: order }), 'ggz-de-kade');
    expect(stranger.status).toBe(422);
    expect(stranger.text).not.toContain(order);
    expectRefused(
      await tell(recordOf({ identifier: { system: 'urn:x', value: 'y' } })),
      422,
      'conversation-order-unknown',
    );
  });

  test('before the order is taken on', async () => {
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
    const record = recordOf({ reference: locationOf(sent, 'ServiceRequest') });
    expectRefused(await tell(record), 409, 'conversation-task-not-accepted');
  });

  test('finished without a plan', async () => {
    const order = await acceptedOrder(gateway, referral);
    const answer = await tell(recordOf({ reference: order }, [], { plan: false }));
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('mgn-record-1');
  });

  test('about another person', async () => {
    const [order, other] = [await acceptedOrder(gateway, referral), await acceptedOrder(gateway, referral)];
    const record = recordOf({ reference: order });
    const stray = (await read<ServiceRequest>(other)).subject;
    for (const { resource } of record.entry ?? [])
      if (resource?.resourceType === 'Goal') Object.assign(resource, { subject: stray });
    const answer = await tell(record);
    expect(answer.status).toBe(422);
    expect(rulesOf(answer)).toContain('conversation-person-mismatch');
  });

  test('with a plan that rests on an order of another person', async () => {
    const [order, other] = [await acceptedOrder(gateway, referral), await acceptedOrder(gateway, referral)];
    const record = recordOf({ reference: order });
    for (const { resource } of record.entry ?? [])
      if (resource?.resourceType === 'CarePlan') resource.activity?.push({ reference: { reference: other } });
    const answer = await tell(record);
    expect(rulesOf(answer)).toContain('conversation-person-mismatch');
  });

  test('when it asks the social domain without consent: nothing of it is kept', async () => {
    const order = await acceptedOrder(gateway, referral);
    const before = sinks['wijkteam-zonnerveen'].received.length;
    expectRefused(await tell(recordOf({ reference: order }, [social])), 403, 'social-consent-missing');
    expect(sinks['wijkteam-zonnerveen'].received.length).toBe(before);
  });

  test('when it orders of a service that takes no orders of the network', async () => {
    const order = await acceptedOrder(gateway, referral);
    const youth = { ...transfer, performer: [{ reference: 'HealthcareService/youth-ggz-windveer' }] };
    expectRefused(await tell(recordOf({ reference: order }, [youth])), 422, 'follow-up-performer-not-eligible');
  });

  test('when advice is an order, or an order a proposal', async () => {
    const order = await acceptedOrder(gateway, referral);
    const commanding = await tell(recordOf({ reference: order }, [{ ...advice, intent: 'order' }]));
    expectRefused(commanding, 422, 'advice-intent-mismatch');
    const asking = await tell(recordOf({ reference: order }, [{ ...transfer, intent: 'proposal' }]));
    expectRefused(asking, 422, 'advice-intent-mismatch');
  });
});
