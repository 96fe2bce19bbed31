import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConfigurationSet, lastUse, storedSet } from '../../src/configuration/index.ts';
import { changed, referralOf, withPostcodeRule } from '../support/configuration/configuration-sets.ts';
import { rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** POST /configuration/$activate, as the operator of the network, and as others. */
let gateway: TestGateway;
let first: ConfigurationSet;
beforeAll(async () => {
  gateway = await startGateway();
  const use = await lastUse(gateway.store);
  const set = await storedSet(gateway.store, use?.digest ?? '');
  if (!set.ok) throw new Error('a gateway that started is on record with its set');
  first = set.value;
});
afterAll(() => gateway.stop());

const activate = (wish: object, as = 'operator') =>
  gateway.ask('POST', '/configuration/$activate', { as, body: JSON.stringify(wish), contentType: 'application/json' });
const inForce = async () => JSON.parse((await gateway.ask('GET', '/readyz')).text).configuration.digest as string;
const routes = (change: (text: string) => string) =>
  changed(first, 'mappings/routes.yaml', change).files.filter(({ path }) => path.startsWith('mappings/'));

describe('activation through a gateway', () => {
  test('is for the operator alone, and a refusal is in the audit trail', async () => {
    const files = routes((text) => withPostcodeRule(text, '1283'));
    const answer = await activate({ files }, 'gp-de-linde');
    expect([answer.status, rulesOf(answer)]).toEqual([403, ['operator-only']]);
    const unknown = await gateway.ask('POST', '/configuration/$activate', { body: '{}' });
    expect(unknown.status).toBe(401);
    expect(await inForce()).toBe(first.digest);
    const { items } = await gateway.store.audit({ count: 99 });
    expect(items.filter(({ text }) => text.includes('activate-configuration'))).toHaveLength(2);
  });

  test('puts a set into force before it answers; parts that are not sent stay as they are', async () => {
    const files = routes((text) => withPostcodeRule(text, '1283'));
    const answer = await activate({ files });
    expect(answer.status).toBe(200);
    const { digest } = JSON.parse(answer.text);
    expect(digest).toBe(changed(first, 'mappings/routes.yaml', (text) => withPostcodeRule(text, '1283')).digest);
    expect(await inForce()).toBe(digest);
    const [use] = await gateway.store.configurationUses({ count: 1 });
    expect(use?.by).toMatch(/^operator /);
  });

  test('goes back to the previous set, and to one by the beginning of its digest', async () => {
    const second = await inForce();
    expect((await activate({ previous: true })).status).toBe(200);
    expect(await inForce()).toBe(first.digest);
    expect((await activate({ set: second.slice(0, 12) })).status).toBe(200);
    expect(await inForce()).toBe(second);
    const nowhere = await activate({ set: 'ffffffff' });
    expect([nowhere.status, rulesOf(nowhere)]).toEqual([422, ['config-set-unknown']]);
  });

  test.each(['', ' ', 'f', 'fffffff', 'not a digest'])(
    'of %j activates nothing: too short to name one set',
    async (set) => {
      const before = await inForce();
      const answer = await activate({ set });
      expect([answer.status, rulesOf(answer)]).toEqual([422, ['config-set-prefix-invalid']]);
      expect(await inForce()).toBe(before);
    },
  );

  test('of a set that does not compile changes nothing, and every mistake is reported', async () => {
    const before = await inForce();
    const files = routes((text) =>
      text.replace('residence: inside', 'residence: sideways').replace('residence: outside', 'residens: outside'),
    );
    const answer = await activate({ files });
    expect(answer.status).toBe(422);
    expect(rulesOf(answer)).toEqual(expect.arrayContaining(['config-value-invalid', 'config-key-unknown']));
    expect(await inForce()).toBe(before);
  });

  test('of an untried set is refused once messages are recorded', async () => {
    await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralOf(1) });
    const files = routes((text) => withPostcodeRule(text, '1291'));
    const answer = await activate({ files });
    expect([answer.status, rulesOf(answer)]).toEqual([422, ['config-shadow-missing']]);
    expect((await activate({ files, withoutShadow: true })).status).toBe(200);
  });

  test.each([
    ['a path that leaves the folders of a set', { files: [{ path: 'mappings/../../x.yaml', text: '' }] }],
    ['a path that begins elsewhere', { files: [{ path: '/etc/x.yaml', text: '' }] }],
    ['a hidden file', { files: [{ path: 'mappings/.x.yaml', text: '' }] }],
    ['two wishes at once', { set: 'ff', previous: true }],
    ['none', {}],
  ])('%s is refused', async (_, wish) => {
    const answer = await activate(wish);
    expect([answer.status, rulesOf(answer)]).toEqual([400, ['config-request-invalid']]);
  });
});
