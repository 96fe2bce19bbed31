import type { Communication } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locationOf, startGateway, type TestGateway } from '../stage.ts';
import { codeOf, partnerAt } from './moving.ts';
import { referral, transferOf } from './transferring.ts';

/** Who referred hears what becomes of it, also where the order went on to others; never what was said. */
let gateway: TestGateway;
let gp: ReturnType<typeof partnerAt>;
let team: ReturnType<typeof partnerAt>;
let keerpunt: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  gateway = await startGateway();
  gp = partnerAt(gateway, 'gp-de-linde');
  team = partnerAt(gateway, 'registration-team');
  keerpunt = partnerAt(gateway, 'keerpunt-verslavingszorg');
});
afterAll(() => gateway.stop());

async function underway() {
  const answer = await gp.post('', referral());
  const [task, order] = [locationOf(answer, 'Task')!, locationOf(answer, 'ServiceRequest')!];
  await team.move(task, { status: 'accepted' });
  await team.move(task, { status: 'in-progress' });
  return { task, order };
}

/** What the GP may read of its order's feedback, the oldest first. */
async function heardOf(order: string): Promise<readonly Communication[]> {
  const query = { criteria: [{ name: 'based-on', values: [order] }], sort: '_lastUpdated', count: 20 } as const;
  const found = await gateway.store.search('Communication', query, 'gp-de-linde');
  if (found.kind !== 'found') throw new Error(found.kind);
  return found.resources.map(({ text }) => JSON.parse(text) as Communication);
}
const topicsOf = async (order: string) => (await heardOf(order)).map(({ topic }) => codeOf(topic));

test('of a no-show once, and of the end', async () => {
  const { task, order } = await underway();
  await team.move(task, { businessStatus: 'intake-scheduled' });
  await team.move(task, { businessStatus: 'no-show' });
  await team.move(task, { businessStatus: 'no-show' });
  await team.move(task, { businessStatus: 'first-contact-done' });
  await team.move(task, { status: 'completed', outcome: 'A plan was made, with content that is nobody else’s.' });
  expect(await topicsOf(order)).toEqual(['no-show', 'completed']);
  const [first] = await heardOf(order);
  expect(JSON.stringify(first)).not.toMatch(/nobody else|9999\d{5}|Proefpersoon/);
  const report = gateway.running.gateway.validator.validate(first!);
  expect(report.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('of a failure', async () => {
  const { task, order } = await underway();
  await team.move(task, { status: 'failed', reason: 'cannot-contact' });
  expect(await topicsOf(order)).toEqual(['not-completed']);
});

test('of a transfer: that it is asked, and that it was taken over by somebody whom the referrer never wrote to', async () => {
  const { task, order } = await underway();
  const onward = { basedOn: order, partOf: task };
  const answer = await team.post('', transferOf(['addiction-care-keerpunt'], { onward }));
  expect(answer.status, answer.text).toBe(200);
  const asked = locationOf(answer, 'Task')!;
  await keerpunt.move(asked, { status: 'accepted' });
  await team.move(asked, { businessStatus: 'selected' });
  await keerpunt.move(asked, { status: 'in-progress' });
  const done = await keerpunt.move(asked, { status: 'completed', businessStatus: 'handed-over' });
  expect(done.status, done.text).toBe(200);
  expect(await topicsOf(order)).toEqual(['transfer', 'handed-over']);
  expect(await gp.status(asked), 'the Task itself is not the referrer’s').toBe(404);
});

test('and it goes out, to who has an address', async () => {
  const { task } = await underway();
  await team.move(task, { status: 'failed', reason: 'cannot-contact' });
  const { items } = await gateway.store.dispatches({ recipient: 'gp-de-linde', count: 500 });
  expect(
    items
      .slice(-2)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['feedback', 'status']);
});
