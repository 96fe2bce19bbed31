import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Consent } from '@medplum/fhirtypes';
import { afterEach, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { openStore, type Running, run } from '../../src/main.ts';
import type { Commit, Store } from '../../src/store/port.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { recordOf, social } from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { referral } from '../support/exchange/transfer-bundle.ts';
import { asker, locationOf, type TestGateway } from '../support/test-gateway.ts';

/**
 * A disclosure, and the end of the Consent that it rests on or an objection, are decided at the same time: whichever is
 * stored first, the municipality reads nothing afterwards.
 */
let running: Running | undefined;
afterEach(() => running?.stop());

type Message = 'record' | 'withdrawal' | 'objection';

const messageIn = ({ changes = [] }: Commit): Message | undefined => {
  const consent = changes
    .map(({ resource }) => resource as unknown as Consent)
    .find((it) => it.resourceType === 'Consent');
  if (consent?.status === 'inactive') return 'withdrawal';
  if (consent?.provision?.type === 'deny') return 'objection';
  return changes.some(({ resource }) => resource.resourceType === 'Encounter') ? 'record' : undefined;
};

/** A gateway on which something happens just before a message is stored, once it was decided on. */
async function gatewayWith(before: (message: Message) => Promise<void>): Promise<TestGateway> {
  const opened = await openStore('sqlite::memory:');
  if (!opened.ok) throw new Error('no store');
  const store: Store = {
    ...opened.value,
    commit: async (commit) => {
      const message = messageIn(commit);
      if (message) await before(message);
      return opened.value.commit(commit);
    },
  };
  running = await run(await demoConfiguration(), store, { port: 0, log: silent });
  const url = `http://127.0.0.1:${running.port}`;
  return { running, store, url, ask: asker(url), stop: running.stop };
}

const consentOfExample = (
  (
    JSON.parse(
      readFileSync(join(import.meta.dirname, '../../examples/messages/060-social-request/input.json'), 'utf8'),
    ) as Bundle
  ).entry ?? []
).find(({ resource }) => resource?.resourceType === 'Consent')?.resource as Consent;

/** Whoever is stored first, in both orders: the one in the middle of the other. */
test.each<[Message, Message]>([
  ['withdrawal', 'record'],
  ['record', 'withdrawal'],
  ['objection', 'record'],
  ['record', 'objection'],
])('%s while a %s is under way', async (inner, outer) => {
  let interrupt: (() => Promise<unknown>) | undefined;
  const gateway = await gatewayWith(async (message) => {
    if (message !== outer || !interrupt) return;
    const act = interrupt;
    interrupt = undefined;
    await act();
  });
  const [gp, team, municipality] = ['gp-de-linde', 'registration-team', 'wijkteam-zonnerveen'].map((it) =>
    partnerAt(gateway, it),
  ) as [ReturnType<typeof partnerAt>, ReturnType<typeof partnerAt>, ReturnType<typeof partnerAt>];
  const bundle = referral();
  const patient = bundle.entry?.find(({ resource }) => resource?.resourceType === 'Patient')?.fullUrl ?? '';
  const fullUrl = 'urn:uuid:6f0c2f4e-8f0e-4f6e-9b3d-3a5d5c1f00aa';
  const sent = await gp.post('', {
    ...bundle,
    entry: [...(bundle.entry ?? []), { fullUrl, resource: { ...consentOfExample, patient: { reference: patient } } }],
  });
  expect(sent.status, sent.text).toBe(200);
  const order = locationOf(sent, 'ServiceRequest')!;
  expect((await team.move(locationOf(sent, 'Task')!, { status: 'accepted' })).status).toBe(200);
  const consent = await gp.read<Consent>(locationOf(sent, 'Consent')!);

  const sends: Record<Message, () => Promise<{ readonly status: number; readonly text: string }>> = {
    record: () => team.post('', recordOf({ reference: order }, [social])),
    withdrawal: () =>
      gateway.ask('PUT', `/fhir/Consent/${consent.id}`, {
        as: 'gp-de-linde',
        body: JSON.stringify({ ...consent, status: 'inactive' }),
        headers: { 'if-match': 'W/"1"' },
      }),
    // the same team records that the person objects, in a second conversation
    objection: () =>
      team.post(
        '',
        recordOf({ reference: order }, [
          {
            ...consentOfExample,
            patient: { display: 'de persoon' },
            provision: { type: 'deny', extension: consentOfExample.provision?.extension },
          },
        ]),
      ),
  };
  let innerAnswer: { readonly status: number; readonly text: string } | undefined;
  interrupt = async () => {
    innerAnswer = await sends[inner]();
  };
  const outerAnswer = await sends[outer]();
  expect(innerAnswer?.status, innerAnswer?.text).toBe(200);
  expect([200, 403], outerAnswer.text).toContain(outerAnswer.status);
  const [task] = await municipality.tasks('');
  if (task) {
    expect(task.status).toBe('cancelled');
    expect(task.for).toBeUndefined();
    expect(await municipality.status(task.focus?.reference ?? 'ServiceRequest/none')).toBe(404);
  }
  const found = await gateway.ask('POST', '/fhir/Patient/_search', {
    as: 'wijkteam-zonnerveen',
    contentType: 'application/x-www-form-urlencoded',
    body: '_count=10',
  });
  expect(found.text).not.toContain('Proefpersoon');
});
