import { DatabaseSync } from 'node:sqlite';
import type { ServiceRequest } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { acceptedOrder, consent, recordOf, social } from '../support/exchange/conversation-record.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { aboutAnother } from '../support/other-person.ts';
import { resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/**
 * What is stored about a person, or in its journey, does not make its next message dearer: in turns with one about
 * a person of whom little is stored, by CPU time and by the number of statements.
 */
let gateway: TestGateway;
let statements = 0;
const native = Object.getPrototypeOf(new DatabaseSync(':memory:').prepare('select 1')) as Record<string, unknown>;
const own = { all: native.all, run: native.run, get: native.get } as Record<string, (...given: unknown[]) => unknown>;
beforeAll(async () => {
  for (const [name, method] of Object.entries(own))
    native[name] = function counted(this: unknown, ...given: unknown[]) {
      statements += 1;
      return method.apply(this, given);
    };
  gateway = await startGateway();
}, 120_000);
afterAll(async () => {
  await gateway.stop();
  Object.assign(native, own);
});

type Made = { readonly resourceType: string; readonly id: string };
type Person = { readonly order: string; readonly patient: string };

async function started(): Promise<Person> {
  const order = await acceptedOrder(gateway, aboutAnother({ body: referralText }).body);
  const read = await gateway.ask('GET', `/fhir/${order}`, { as: 'gp-de-linde' });
  return { order, patient: resourceOf<ServiceRequest>(read).subject.reference! };
}

async function put(count: number, made: (at: number) => object): Promise<void> {
  for (let from = 0; from < count; from += 500)
    await gateway.store.commit({
      now: new Date(),
      changes: Array.from({ length: Math.min(500, count - from) }, (_, at) => ({
        resource: { ...made(from + at), id: crypto.randomUUID() } as Made as never,
        expect: 'new' as const,
        readers: ['registration-team'],
      })),
    });
}

const subject = ({ patient }: Person) => ({ subject: { reference: patient } });
const histories: Readonly<Record<string, readonly [count: number, made: (person: Person, at: number) => object]>> = {
  Consents: [20_000, ({ patient }) => ({ ...consent, patient: { reference: patient } })],
  Goals: [
    2_000,
    (it, at) => ({ resourceType: 'Goal', lifecycleStatus: 'active', description: { text: `${at}` }, ...subject(it) }),
  ],
  Conditions: [2_000, (it, at) => ({ resourceType: 'Condition', code: { text: `${at}` }, ...subject(it) })],
  Observations: [
    2_000,
    (it, at) => ({ resourceType: 'Observation', status: 'final', code: { text: `${at}` }, ...subject(it) }),
  ],
  'Communications of its order': [
    2_000,
    ({ order }) => ({ resourceType: 'Communication', status: 'completed', basedOn: [{ reference: order }] }),
  ],
  'Tasks of its person': [
    2_000,
    ({ patient }) => ({ resourceType: 'Task', status: 'completed', intent: 'order', for: { reference: patient } }),
  ],
  'orders of its person': [
    2_000,
    (it) => ({
      resourceType: 'ServiceRequest',
      status: 'completed',
      intent: 'order',
      code: { text: 'x' },
      ...subject(it),
    }),
  ],
};

/** Where the CPU of a turn is that of a message and not of the machine: the least of several. */
const turns = 4;

test.each(Object.entries(histories))(
  'a record about a person with many %s',
  async (_, [count, made]) => {
    const [fresh, old] = [await started(), await started()];
    await put(count, (at) => made(old, at));
    const record = async ({ order }: Person) => {
      statements = 0;
      const body = JSON.stringify(recordOf({ reference: order }, [social, consent]));
      const asked = await cpuTimeOf(() => gateway.ask('POST', '/fhir', { as: 'registration-team', body }));
      expect(asked.value.status, asked.value.text.slice(0, 300)).toBe(200);
      return { milliseconds: asked.milliseconds, statements };
    };
    const least = async (known: { milliseconds: number; statements: number }, person: Person) => {
      const next = await record(person);
      return {
        milliseconds: Math.min(known.milliseconds, next.milliseconds),
        statements: Math.min(known.statements, next.statements),
      };
    };
    let [one, other] = [await record(fresh), await record(old)];
    for (let turn = 0; turn < turns; turn += 1)
      [one, other] = [await least(one, await started()), await least(other, old)];
    expect(other.statements).toBeLessThanOrEqual(one.statements + 2);
    expect(other.milliseconds).toBeLessThan(1.5 * one.milliseconds);
  },
  180_000,
);

type Asked = (person: Person) => Promise<{ readonly status: number; readonly text: string }>;
const objection = { ...consent, provision: { ...consent.provision, type: 'deny' } };
const many = 1_000;
const derived = (it: Person) => ({
  resourceType: 'ServiceRequest',
  status: 'active',
  intent: 'order',
  basedOn: [{ reference: it.order }],
  ...subject(it),
});

/** Of the orders of a person each costs its part of a page; none is asked about by itself. */
const askings: Readonly<Record<string, Asked>> = {
  'an objection': ({ order }) =>
    gateway.ask('POST', '/fhir', {
      as: 'registration-team',
      body: JSON.stringify(recordOf({ reference: order }, [objection])),
    }),
  'the case of an order': ({ order }) => gateway.ask('GET', `/fhir/${order}/$case`, { as: 'registration-team' }),
};

test.each(Object.entries(askings))(
  '%s reads the orders of a person together',
  async (_, ask) => {
    const [fresh, old] = [await started(), await started()];
    await put(many, () => derived(old));
    const cost = async (person: Person) => {
      statements = 0;
      const asked = await cpuTimeOf(() => ask(person));
      expect(asked.value.status, asked.value.text.slice(0, 300)).toBe(200);
      return { milliseconds: asked.milliseconds, statements };
    };
    const [few, all] = [await cost(fresh), await cost(old)];
    expect(all.statements - few.statements).toBeLessThan(many / 4);
  },
  180_000,
);
