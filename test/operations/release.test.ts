import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** An id that no partner has is not repeated: it may be the name or the number of a person. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());
const post = (path: string) =>
  gateway.ask('POST', path, {
    as: 'operator',
    body: JSON.stringify({ reason: 'Upgrade of the EHR' }),
    contentType: 'application/json',
  });

test.each(['$hold', '$release'])('%s of an id that is no partner is refused without the id', async (act) => {
  for (const id of ['Jan-999990019', 'Jan-Proefpersoon']) {
    const { status, text } = await post(`/admin/partners/${id}/${act}`);
    expect(status).toBe(400);
    expect(text).toContain('operations-partner-unknown');
    expect(text).not.toContain('Jan');
  }
});

test('a partner that was removed from the network while it was held is released', async () => {
  const held = { partner: 'gone', since: new Date(), by: 'operator', reason: 'Upgrade of the EHR' };
  await gateway.store.holdPartner(held, []);
  expect((await post('/admin/partners/gone/$release')).status).toBe(200);
});

test('one that is not on hold is a conflict', async () => {
  const { status, text } = await post('/admin/partners/registration-team/$release');
  expect([status, text.includes('partner-not-on-hold')]).toEqual([409, true]);
});
