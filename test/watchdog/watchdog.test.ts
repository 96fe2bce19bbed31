import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Communication, Task } from '@medplum/fhirtypes';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refusedLogins } from '../../src/audit/refused-logins.ts';
import { newSigner } from '../../src/audit/signed-head.ts';
import { openCurrentNetwork } from '../../src/directory/index.ts';
import type { Gateway } from '../../src/exchange/pipeline/gateway.ts';
import { bodyBudget } from '../../src/exchange/reading/body-budget.ts';
import { mgnCodeSystem, mgnProfile } from '../../src/fhir/canonical.ts';
import { openHeavyWork } from '../../src/main/heavy/heavy.ts';
import { silent } from '../../src/main/log.ts';
import { type Configuration, openStore, run } from '../../src/main.ts';
import type { Change, Store } from '../../src/store/port.ts';
import { requestErasures } from '../../src/watchdog/erasure-requests.ts';
import { silentList } from '../../src/watchdog/index.ts';
import { startWatchdog } from '../../src/watchdog/start.ts';
import { watch } from '../../src/watchdog/watch.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { asker, locationOf, rulesOf } from '../support/test-gateway.ts';

const referral = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'), 'utf8'),
) as Bundle;

const withPriority = (priority: string): string =>
  JSON.stringify({
    ...referral,
    entry: referral.entry?.map((entry) =>
      entry.resource?.resourceType === 'ServiceRequest'
        ? { ...entry, resource: { ...entry.resource, priority } }
        : entry,
    ),
  });

/** A gateway on a store with one referral, whose clock the test moves. Monday 23 November 2026, ten o'clock in Amsterdam. */
const monday = new Date('2026-11-23T09:00:00Z');
let deciding: Configuration;
let store: Store;
let now: Date;
let gateway: Gateway;
let task: string;
let memory: Store;

beforeAll(async () => {
  deciding = await demoConfiguration();
});
beforeEach(async () => {
  const opened = await openStore('sqlite::memory:');
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  memory = opened.value;
});
afterEach(() => memory.close());

async function refer(priority = 'routine'): Promise<void> {
  const taking = await run(deciding, openedStore(), { port: 0, log: silent });
  const ask = asker(`http://127.0.0.1:${taking.port}`);
  const answer = await ask('POST', '/fhir', { as: 'gp-de-linde', body: withPriority(priority) });
  task = locationOf(answer, 'Task')!;
  if (priority !== 'routine')
    await expect.poll(async () => (await find('Communication', taking.gateway.store)).length).toBe(1);
  await taking.stop();
  await open();
}

/** A gateway that stops leaves the store for the next one. */
const openedStore = (): Store => ({ ...memory, close: async () => {} });

async function open(): Promise<void> {
  store = openedStore();
  const stored = await store.read('Task', task.split('/')[1]!);
  now = monday;
  // The referral was taken in by the clock of this machine: from here on it was Monday.
  const shift = monday.getTime() - stored!.lastUpdated.getTime();
  gateway = {
    ...deciding,
    living: await openCurrentNetwork(deciding.network, store, monday),
    store: shifted(store, shift),
    world: { ...deciding.world, now: () => now },
    authenticate: async () => ({ ok: false, issues: [] }),
    refusedLogins: refusedLogins(deciding.world),
    proof: { newKey: () => randomBytes(32), signer: newSigner() },
    bodies: bodyBudget(),
    admission: { waiting: 1, isOverloaded: async () => false },
    heavy: openHeavyWork({ profiles: [], waive: {} }),
    log: () => {},
    report: (fault) => {
      throw fault;
    },
  };
}

/** The same store, told that everything happened at another time. */
const shifted = (it: Store, shift: number): Store => {
  const moved = <T extends { readonly lastUpdated: Date }>(one: T): T => ({
    ...one,
    lastUpdated: new Date(one.lastUpdated.getTime() + shift),
  });
  return {
    ...it,
    search: async (...asked) => {
      const found = await it.search(...asked);
      return found.kind === 'found' ? { ...found, resources: found.resources.map(moved) } : found;
    },
    history: async (...asked) => (await it.history(...asked)).map(moved),
  };
};

async function find<T extends Task | Communication>(type: T['resourceType'], from: Store = store): Promise<T[]> {
  const found = await from.search(type, { criteria: [], count: 50, sort: '_lastUpdated' });
  return found.kind === 'found' ? found.resources.map(({ text }) => JSON.parse(text) as T) : [];
}
const escalations = async () => (await find<Task>('Task')).filter((it) => it.focus?.reference === task);
const at = (text: string): void => {
  now = new Date(text);
};

describe('a referral without an answer', () => {
  test('is quiet until its deadline; then its owner is reminded, once', async () => {
    await refer();
    at('2026-11-25T08:59:00Z');
    expect(await watch(gateway)).toBe(0);
    expect(await silentList(gateway, now)).toEqual([]);
    at('2026-11-25T09:00:00Z');
    expect(await watch(gateway)).toBe(1);
    expect(await watch(gateway)).toBe(0);
    const [notice] = await find<Communication>('Communication');
    expect(notice).toMatchObject({ about: [{ reference: task }], priority: 'routine' });
    expect(gateway.validator.validate(notice!, { profiles: [mgnProfile('notice')] }).verdict).toBe('valid');
  });

  test('stays quiet over a weekend, and over Christmas', async () => {
    await refer();
    // taken in on Thursday 24 December: Friday and Saturday are Christmas, the second business day is Tuesday
    const [stored] = await find<Task>('Task');
    const shift = new Date('2026-12-24T09:00:00Z').getTime() - Date.parse(stored!.meta!.lastUpdated!);
    gateway = { ...gateway, store: shifted(store, shift) };
    at('2026-12-29T08:00:00Z');
    expect(await watch(gateway)).toBe(0);
    at('2026-12-29T09:00:00Z');
    expect(await watch(gateway)).toBe(1);
  });

  test('is escalated to the registration team: a Task that it can accept and complete, with whom to call', async () => {
    await refer();
    at('2026-11-27T09:00:00Z');
    expect(await watch(gateway)).toBe(2);
    const [escalation] = await escalations();
    expect(escalation).toMatchObject({
      status: 'requested',
      owner: { reference: gateway.network.settings.registrationTeam },
      code: { coding: expect.arrayContaining([expect.objectContaining({ code: 'escalate' })]) },
    });
    const report = gateway.validator.validate(escalation!, { profiles: [mgnProfile('coordination-task')] });
    expect(report.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(escalation?.input?.some(({ valueString }) => valueString?.match(/\d/))).toBe(true);
    expect(JSON.stringify(escalation)).not.toMatch(/9999\d{5}|Proefpersoon/);
    const sent = (await store.dispatches({ recipient: 'registration-team', count: 50 })).items;
    expect(sent.map(({ kind }) => kind)).toContain('escalate');
    const audit = (await store.audit({ entity: task, count: 50 })).items.map(({ text }) => text).join();
    expect(audit).toContain('watchdog-escalate');
  });

  test('is taken up by the team over HTTP: the escalation is completed, and that says nothing of the order', async () => {
    await refer();
    at('2026-11-27T09:00:00Z');
    await watch(gateway);
    const [escalation] = await escalations();
    await store.close();
    const serving = await run(deciding, openedStore(), { port: 0, log: silent });
    const ask = asker(`http://127.0.0.1:${serving.port}`);
    const patch = (version: number, ...operations: readonly object[]) =>
      patchAt(`Task/${escalation?.id}`, version, ...operations);
    const patchAt = async (at: string, version: number, ...operations: readonly object[]) => {
      const answer = await ask('PATCH', `/fhir/${at}`, {
        as: 'registration-team',
        contentType: 'application/json-patch+json',
        headers: { 'if-match': `W/"${version}"` },
        body: JSON.stringify(operations),
      });
      expect(answer.status, answer.text).toBe(200);
    };
    await patch(1, { op: 'replace', path: '/status', value: 'accepted' });
    await patch(2, { op: 'replace', path: '/status', value: 'in-progress' });
    const coding = [{ system: mgnCodeSystem('status-reason'), code: 'at-capacity' }];
    const statusReason = { op: 'add', path: '/statusReason', value: { coding } };
    await patchAt(task, 1, { op: 'replace', path: '/status', value: 'rejected' }, statusReason);
    const output = [{ type: { text: 'Called' }, valueString: 'They are full.' }];
    await patch(
      3,
      { op: 'replace', path: '/status', value: 'completed' },
      { op: 'add', path: '/output', value: output },
    );
    const read = async (reference: string) =>
      JSON.parse((await ask('GET', `/fhir/${reference}`, { as: 'gp-de-linde' })).text);
    const referred = (await read(task)) as Task;
    expect(referred.status).toBe('rejected');
    expect(await read(referred.focus?.reference ?? '')).toMatchObject({ status: 'active' });
    await serving.stop();
    await open();
  });

  test('is on the operator’s list, with what was done about it', async () => {
    await refer();
    at('2026-11-26T09:00:00Z');
    expect(await silentList(gateway, now)).toMatchObject([
      {
        task,
        useCase: 'registration',
        status: 'requested',
        passed: [{ rule: 'registration-unanswered', raised: false }],
      },
    ]);
    await watch(gateway);
    const [line] = await silentList(gateway, now);
    expect(line?.passed).toMatchObject([{ rule: 'registration-unanswered', raised: true }]);
    expect(line?.phone).toMatch(/\d/);
  });

  test('is reported once by several gateways on one store, also after all of them were restarted', async () => {
    await refer();
    at('2026-11-27T09:00:00Z');
    const others = await Promise.all(Array.from({ length: 4 }, () => watch(gateway)));
    expect(others.reduce((sum, it) => sum + it, 0)).toBe(2);
    await store.close();
    await open();
    at('2026-11-27T09:30:00Z');
    const [one, two] = [startWatchdog(gateway), startWatchdog(gateway)];
    await Promise.all([one.stop(), two.stop()]);
    expect(await find('Communication')).toHaveLength(1);
    expect(await escalations()).toHaveLength(1);
  });

  test('begins a new term when it comes into another status', async () => {
    await refer();
    at('2026-11-27T09:00:00Z');
    await watch(gateway);
    const id = task.split('/')[1]!;
    const stored = (await store.read('Task', id))!;
    await store.commit({
      now: new Date(stored.lastUpdated.getTime() + 4 * 86_400_000),
      changes: [
        {
          resource: { ...JSON.parse(stored.text), status: 'received' },
          expect: { version: stored.version },
          readers: [],
        },
      ],
    });
    expect(await watch(gateway)).toBe(0);
    at('2026-12-01T09:00:00Z');
    expect(await watch(gateway)).toBe(1);
  });
});

describe('a referral waiting for an answer of its sender', () => {
  test('is paused, and the sender is reminded instead of its owner', async () => {
    await refer();
    await store.close();
    const serving = await run(deciding, openedStore(), { port: 0, log: silent });
    const asked = await asker(`http://127.0.0.1:${serving.port}`)('POST', '/fhir/Task', {
      as: 'registration-team',
      body: JSON.stringify({
        resourceType: 'Task',
        status: 'requested',
        intent: 'order',
        code: { coding: [{ system: mgnCodeSystem('task-code'), code: 'complete-questionnaire' }] },
        focus: { reference: task },
        input: [
          {
            type: { coding: [{ system: 'http://hl7.org/fhir/uv/sdc/CodeSystem/temp', code: 'questionnaire' }] },
            valueCanonical: 'https://mgn.example/fhir/Questionnaire/aanvullende-informatie',
          },
        ],
      }),
    });
    expect(asked.status, asked.text).toBe(201);
    await serving.stop();
    await open();
    at('2026-11-27T10:00:00Z');
    expect(await watch(gateway)).toBe(1);
    const [reminder] = await find<Communication>('Communication');
    expect(reminder?.recipient?.[0]?.reference).toBe('Organization/gp-de-linde');
    expect(reminder?.about?.[0]?.reference).not.toBe(task);
    expect((await silentList(gateway, now)).map(({ useCase }) => useCase)).toEqual(['information']);
  });
});

describe('an urgent referral', () => {
  test('alerts its owner at once, and is escalated when nobody acknowledges it within half an hour', async () => {
    await refer('stat');
    const [alert] = await find<Communication>('Communication');
    expect(alert).toMatchObject({ priority: 'urgent', about: [{ reference: task }] });
    at('2026-11-23T09:29:00Z');
    expect((await escalations()).length).toBe(0);
    await watch(gateway);
    expect((await escalations()).length).toBe(0);
    at('2026-11-23T09:30:00Z');
    await watch(gateway);
    expect(await escalations()).toMatchObject([{ priority: 'stat' }]);
  });

  test('that is acknowledged in time is not escalated', async () => {
    await refer('urgent');
    const stored = (await store.read('Task', task.split('/')[1]!))!;
    await store.commit({
      now: new Date(stored.lastUpdated.getTime() + 60_000),
      changes: [{ resource: { ...JSON.parse(stored.text), status: 'received' }, expect: { version: 1 }, readers: [] }],
    });
    at('2026-11-23T12:00:00Z');
    await watch(gateway);
    expect(await escalations()).toEqual([]);
  });
});

describe('a partner that was requested to erase a person', () => {
  test('is reminded after ten business days and escalated after eighteen, counted from the request, whatever it answered meanwhile', async () => {
    await refer();
    const erased = { patient: 'Patient/erased', at: monday, reason: 'Requested on paper.' };
    const requests = [{ recipient: 'registration-team', focus: 'Task/erased', others: ['ServiceRequest/erased'] }];
    store = openedStore();
    gateway = { ...gateway, store: { ...store, erasures: async () => [{ ...erased, requests }] } };
    now = monday;
    expect(await requestErasures(gateway)).toBe(1);
    const isErasure = ({ code }: Task) => JSON.stringify(code).includes('"erase-person"');
    const [request] = (await find<Task>('Task')).filter(isErasure);
    const raised = async (): Promise<string[]> => {
      await watch(gateway);
      const about = `Task/${request!.id}`;
      const notices = (await find<Communication>('Communication')).filter((it) => it.about?.[0]?.reference === about);
      const tasks = (await find<Task>('Task')).filter((it) => it.focus?.reference === about);
      return [...notices.map(({ priority }) => `${priority} reminder`), ...tasks.map(({ status }) => `Task ${status}`)];
    };
    const move = (status: Task['status'], version: number, when: string) =>
      store.commit({
        now: new Date(when),
        changes: [{ resource: { ...request!, status } as Change['resource'], expect: { version }, readers: [] }],
      });
    at('2026-12-07T08:59:00Z');
    expect(await raised()).toEqual([]);
    await move('accepted', 1, '2026-12-07T08:59:30Z');
    at('2026-12-07T09:00:00Z');
    expect(await raised()).toEqual(['routine reminder']);
    await move('in-progress', 2, '2026-12-10T09:00:00Z');
    at('2026-12-17T08:59:00Z');
    expect(await raised()).toEqual(['routine reminder']);
    at('2026-12-17T09:00:00Z');
    expect(await raised()).toEqual(['routine reminder', 'Task requested']);
    await move('on-hold', 3, '2026-12-18T09:00:00Z');
    at('2027-02-01T09:00:00Z');
    expect(await raised()).toEqual(['routine reminder', 'Task requested']);
  });

  test('that completed its Task is not', async () => {
    await refer();
    const requests = [{ recipient: 'registration-team', focus: 'Task/erased', others: [] }];
    const erasures = async () => [{ patient: 'Patient/erased', at: monday, reason: 'On paper.', requests }];
    store = openedStore();
    gateway = { ...gateway, store: { ...store, erasures } };
    now = monday;
    expect(await requestErasures(gateway)).toBe(1);
    const request = (await find<Task>('Task')).find(({ code }) => JSON.stringify(code).includes('"erase-person"'))!;
    const completed = { ...request, status: 'completed' } as Change['resource'];
    await store.commit({ now, changes: [{ resource: completed, expect: { version: 1 }, readers: [] }] });
    at('2027-02-01T09:00:00Z');
    await watch(gateway);
    const all = [...(await find<Communication>('Communication')), ...(await find<Task>('Task'))];
    expect(all.filter((it) => it.id !== request.id && JSON.stringify(it).includes(`Task/${request.id}`))).toEqual([]);
  });
});

test('a network without rules watches nothing', async () => {
  await refer();
  const { settings } = gateway.network;
  const network = { ...gateway.network, settings: { ...settings, watchdog: { ...settings.watchdog, rules: [] } } };
  at('2030-01-01T00:00:00Z');
  expect(await watch({ ...gateway, network })).toBe(0);
});

describe('the list of silent referrals over HTTP', () => {
  test('is the operator’s alone', async () => {
    await refer();
    const serving = await run(deciding, openedStore(), { port: 0, log: silent });
    const ask = asker(`http://127.0.0.1:${serving.port}`);
    const list = await ask('GET', '/fhir/Task/$silent', { as: 'operator' });
    expect([list.status, JSON.parse(list.text)]).toEqual([200, { resourceType: 'Parameters' }]);
    const other = await ask('GET', '/fhir/Task/$silent', { as: 'registration-team' });
    expect([other.status, rulesOf(other)]).toEqual([403, ['operator-only']]);
    await serving.stop();
  });
});
