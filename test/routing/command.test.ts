import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mgn as runMgn } from '../support/cli/mgn.ts';
import { locationOf, startGateway } from '../support/test-gateway.ts';

const root = join(import.meta.dirname, '../..');
let folder = '';
let rules = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mgn-routes-'));
  await cp(join(root, 'mappings'), folder, { recursive: true });
  rules = join(folder, 'routes.yaml');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const mgn = (...words: readonly string[]) => runMgn(words);
const changed = async (from: string | RegExp, to: string) => {
  const text = await readFile(join(root, 'mappings/routes.yaml'), 'utf8');
  expect(text).toMatch(from);
  await writeFile(rules, text.replace(from, to));
};

describe('mgn routes', () => {
  test('check summarises the rules, or reports every mistake with file, line and column', async () => {
    const sound = await mgn('routes', 'check');
    expect(sound).toMatchObject({ code: 0, err: '' });
    expect(sound.out).toMatch(/^mappings\/routes\.yaml: \d+ rules for \d use cases, digest [0-9a-f]{12}/);
    await changed('residence: inside', 'residence: abroad');
    const wrong = await mgn('routes', 'check', rules);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toMatch(/routes\.yaml:\d+:\d+: .*config-value-invalid/);
  });

  test('check finds a rule that nothing reaches', async () => {
    await changed(
      '        owner: unknown\n      then:\n        ask: human',
      '        owner: none\n      then:\n        ask: human',
    );
    await changed(
      / {4}- id: no-team\n/,
      '    - id: any\n      then: { ask: human }\n      reason: { en: People decide it., nl: Mensen beslissen. }\n    - id: no-team\n',
    );
    const wrong = await mgn('routes', 'check', rules, '--language', 'nl');
    expect(wrong.err).toMatch(/routes\.yaml:\d+:\d+: .*route-unreachable/);
  });

  test('test runs the cases of the rules, reports differences, and updates the expected records', async () => {
    await changed('id: municipality-team', 'id: other-name');
    const differs = await mgn('routes', 'test', rules, '--coverage');
    expect(differs.code).toBe(1);
    expect(differs.out).toMatch(/differs.* municipality-zonnerveen: other-name\n.*expected\.json:\d+\n/);
    expect((await mgn('routes', 'test', rules, '--update')).code).toBe(0);
    expect((await mgn('routes', 'test', rules)).code).toBe(0);
    await rm(join(folder, 'routes/tests/abroad'), { recursive: true });
    const uncovered = await mgn('routes', 'test', rules, '--coverage');
    expect(uncovered.out).toMatch(/of \d+ rules decided/);
  });

  test('explain gives the reasons for the destination of a message, or for its refusal', async () => {
    const message = (name: string) => join(root, 'examples/messages', name, 'input.json');
    const routed = await mgn('routes', 'explain', message('007-outside-every-catchment'), '--language', 'nl');
    expect(routed).toMatchObject({ code: 0, err: '' });
    expect(routed.out).toMatch(/^Soort verzoek: aanmelding voor een verkennend gesprek\nGaat, om door mensen/);
    expect(routed.out).toContain('outside-region: beslist');
    expect(routed.out).not.toMatch(/Proefpersoon|9999\d{5}/);
    const refused = await mgn('routes', 'explain', message('024-bsn-fails-elfproef'));
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('invariant');
    expect((await mgn('routes', 'explain')).err).toMatch(/Name the file of a message, or use --order/);
  });

  test('explain gives the reasons for the owner of a stored order', async () => {
    const store = join(folder, 'orders.db');
    const gateway = await startGateway({ store: `sqlite:${store}` });
    const body = await readFile(join(root, 'examples/messages/001-referral-as-collection/input.json'));
    const order = locationOf(await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body }), 'ServiceRequest')!;
    await gateway.stop();
    const told = await mgn('routes', 'explain', '--order', order, '--store', `sqlite:${store}`);
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out).toContain('Goes to Verkennend gesprek Zonnerveen\nBecause: The person lives in Zonnerveen');
    const unknown = await mgn('routes', 'explain', '--order', 'none', '--store', `sqlite:${store}`);
    expect(unknown.err).toContain('no decision about ServiceRequest/none');
  });
});
