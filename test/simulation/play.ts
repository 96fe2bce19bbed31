import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Gateway } from '../../src/exchange/pipeline/gateway.ts';
import { watch } from '../../src/watchdog/watch.ts';
import { consent, recordOf, social, transfer } from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { transferOf } from '../support/exchange/transfer-bundle.ts';
import { type Answered, locationOf, type TestGateway } from '../support/test-gateway.ts';
import { type Answer, type Day, dayNumber, dayText, type FollowUp, type Journey } from './region.ts';
import { type Told, tell } from './waiting.ts';

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
  'utf8',
);

/** Sets the clock of the gateway. */
export type Clock = (at: Date) => void;

type Act = { readonly day: Day; readonly slot: number; readonly run: () => Promise<void> };

const together = 8;

/** Plays journeys through a real gateway day by day, until a last day; what would come after it does not happen. */
export async function play(
  gateway: TestGateway,
  journeys: readonly Journey[],
  clock: Clock,
  last: string,
  waiting: readonly Told[] = [],
): Promise<void> {
  const acts = [
    ...journeys.flatMap((it) => actsOf(gateway, it)),
    ...waiting.map((it, index): Act => ({ day: it.day, slot: index % 9, run: () => tell(gateway, it) })),
  ];
  const end = dayNumber(last);
  const byTime = Map.groupBy(
    acts.filter(({ day }) => day <= end),
    ({ day, slot }) => day * 100 + slot,
  );
  const times = [...byTime.keys()].sort((a, b) => a - b);
  const begin = Math.floor((times[0] ?? 0) / 100);
  let at = 0;
  for (let day = begin; day <= end; day++) {
    for (; at < times.length && Math.floor(times[at]! / 100) === day; at++) {
      clock(instant(day, 9 + (times[at]! % 100)));
      const queue = [...byTime.get(times[at]!)!];
      const worker = async () => {
        for (let act = queue.shift(); act; act = queue.shift()) await act.run();
      };
      await Promise.all(Array.from({ length: together }, worker));
    }
    clock(instant(day, 18));
    await watch(gateway.running.gateway as Gateway);
  }
}

/** By day in winter time: no act is near midnight. */
const instant = (day: Day, hour: number): Date => new Date(day * 86_400_000 + hour * 3_600_000 - 3_600_000);

const elsewhere = 'https://elders.example/fhir/HealthcareService/aanbod';

function actsOf(gateway: TestGateway, it: Journey): readonly Act[] {
  const isTeam = it.way === 'team';
  const owner = isTeam ? 'registration-team' : 'ggz-de-kade';
  let order = '';
  let task = '';
  const acts: Act[] = [
    {
      day: it.received,
      slot: 0,
      run: async () => {
        const answer = must(await gateway.ask('POST', '/fhir', { as: it.sender, body: referralOf(it) }));
        order = locationOf(answer, 'ServiceRequest')!;
        task = locationOf(answer, 'Task')!;
      },
    },
    answering(gateway, owner, it.answer, 1, () => task),
  ];
  if (it.answer.no) return acts;
  const begun = isTeam ? it.conversations[0]!.told : it.started!;
  const ended = (isTeam ? it.conversations.at(-1)!.told : begun) + 20;
  acts.push(moving(gateway, owner, begun, 2, () => task, 'in-progress'));
  for (const [index, talk] of it.conversations.entries()) {
    const isLast = index === it.conversations.length - 1;
    const inRecord = isLast ? it.followUps.filter(({ kind }) => kind === 'in-record' || kind === 'social') : [];
    acts.push({
      day: talk.told,
      slot: 3,
      run: async () => {
        must(await partnerAt(gateway, owner).post('', JSON.parse(recordText(order, talk, inRecord)) as object));
      },
    });
  }
  for (const one of it.followUps) acts.push(...following(gateway, it, one, () => ({ order, task })));
  acts.push(moving(gateway, owner, ended, 8, () => task, 'completed'));
  return acts;
}

function following(
  gateway: TestGateway,
  it: Journey,
  one: FollowUp,
  at: () => { readonly order: string; readonly task: string },
): readonly Act[] {
  const tasks = new Map<string, string>();
  const taskOf = (service: string) => () => tasks.get(service) ?? '';
  const sender = it.way === 'team' ? 'registration-team' : 'ggz-de-kade';
  const acts: Act[] = [];
  if (one.kind === 'directed' || one.kind === 'solicited')
    acts.push({
      day: one.asked,
      slot: 4,
      run: async () => {
        const { order, task } = at();
        const candidates = [one.service, ...(one.other ? [one.other.service] : [])];
        const onward = { basedOn: order, partOf: task };
        const bundle = transferOf(candidates, one.kind === 'directed' ? { onward, directed: true } : { onward });
        must(await gateway.ask('POST', '/fhir', { as: sender, body: ofPerson(JSON.stringify(bundle), it, one.asked) }));
      },
    });
  acts.push({
    day: one.asked,
    slot: 5,
    run: async () => {
      for (const [service, task] of await tasksAfter(gateway, at().order)) tasks.set(service, task);
      if (!tasks.has(one.service))
        throw new Error(`no Task of ${one.service} (${one.kind}), only ${[...tasks.keys()]}`);
    },
  });
  acts.push(answering(gateway, one.partner, one.answer, 6, taskOf(one.service)));
  if (one.other) acts.push(answering(gateway, one.other.partner, one.other.answer, 6, taskOf(one.other.service)));
  if (one.answer.no) return acts;
  if (one.kind === 'solicited')
    acts.push({
      day: one.answer.day,
      slot: 7,
      run: async () => {
        must(await partnerAt(gateway, sender).move(taskOf(one.service)(), { businessStatus: 'selected' }));
      },
    });
  acts.push(moving(gateway, one.partner, one.started, 7, taskOf(one.service), 'in-progress'));
  acts.push(moving(gateway, one.partner, one.started + 30, 8, taskOf(one.service), 'completed'));
  return acts;
}

function answering(gateway: TestGateway, as: string, answer: Answer, slot: number, task: () => string): Act {
  const { day, no } = answer;
  if (!no) return moving(gateway, as, day, slot, task, 'accepted');
  return {
    day,
    slot,
    run: async () => {
      const alternative = no.alternative === 'inside-network' ? 'HealthcareService/elderly-ggz-horizonland' : elsewhere;
      const how = { status: 'rejected', reason: no.reason, ...(no.alternative ? { alternative } : {}) };
      must(await partnerAt(gateway, as).move(task(), how));
    },
  };
}

const moving = (gateway: TestGateway, as: string, day: Day, slot: number, task: () => string, status: string): Act => ({
  day,
  slot,
  run: async () => {
    must(await partnerAt(gateway, as).move(task(), { status, ...besides[status] }));
  },
});

/** That a human decided is over once work begins. */
const besides: Readonly<Record<string, object>> = {
  'in-progress': { businessStatus: 'interim-report' },
  completed: { businessStatus: 'handed-over', outcome: 'Afgerond' },
};

function must(answer: Answered): Answered {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text.slice(0, 1_500)}`);
  return answer;
}

/** The referral of the examples, of another person, on another day. */
function referralOf(it: Journey): string {
  const bundle = JSON.parse(referral) as Bundle;
  if (it.way === 'direct')
    for (const { resource } of bundle.entry ?? [])
      if (resource?.resourceType === 'Task') resource.owner = { reference: 'HealthcareService/basic-ggz-de-kade' };
  return ofPerson(JSON.stringify(bundle), it, it.referred).replaceAll('2026-001', `sim-${it.number}`);
}

/** The requester of the example is no organisation of the directory here: every sender may refer in its name. */
const ofPerson = (text: string, { bsn, postcode }: Journey, day: Day): string =>
  text
    .replaceAll('"99990101"', '"99990199"')
    .replaceAll('"01999901"', '"01999999"')
    .replaceAll('"999901102"', `"${bsn}"`)
    .replaceAll('"postalCode":"1283AB",', postcode ? `"postalCode":"${postcode}",` : '')
    .replaceAll('2026-11-20', dayText(day));

function recordText(order: string, talk: Journey['conversations'][number], asked: readonly FollowUp[]): string {
  const socials = asked.filter(({ kind }) => kind === 'social');
  const more = [
    ...asked.filter(({ kind }) => kind === 'in-record').map(() => transfer),
    ...socials.map(() => social),
    ...(socials.length > 0 ? [consent] : []),
  ];
  const isOver = talk.outcome !== 'more-exploration';
  return JSON.stringify(recordOf({ reference: order }, more, isOver ? {} : { plan: false }))
    .replaceAll('"combination"', `"${talk.outcome}"`)
    .replaceAll('neighbourhood-team-zonnerveen', socials[0]?.service ?? '')
    .replaceAll('2026-11-27', dayText(talk.held));
}

/** The Tasks of the orders that follow from one, by the service that is asked. */
async function tasksAfter({ store }: TestGateway, order: string): Promise<readonly (readonly [string, string])[]> {
  const find = async <T>(type: string, name: string, values: readonly string[]): Promise<readonly T[]> => {
    const found = values.length > 0 ? await store.search(type, { criteria: [{ name, values }], count: 50 }) : undefined;
    return found?.kind === 'found' ? found.resources.map(({ text }) => JSON.parse(text) as T) : [];
  };
  const after = async (of: readonly string[]) =>
    (await find<ServiceRequest>('ServiceRequest', 'based-on', of)).map(({ id }) => `ServiceRequest/${id}`);
  const orders = await after([order]);
  // what the social domain gets is an order of its own, that follows from the one that was sent
  const tasks = await find<Task>('Task', 'focus', [...orders, ...(await after(orders))]);
  return tasks.map(({ id, owner }) => [owner?.reference?.replace('HealthcareService/', '') ?? '', `Task/${id}`]);
}
