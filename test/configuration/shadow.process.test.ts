import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DifferenceGroup, ShadowReport } from '../../src/configuration/index.ts';
import { mgn as runMgn } from '../support/cli/mgn.ts';
import { referralOf, withPostcodeRule } from '../support/configuration/configuration-sets.ts';
import { isLong } from '../support/long.ts';
import { startGateway } from '../support/test-gateway.ts';

/** `mgn config` from where its user stands: a store with messages that came in over HTTP, and a folder that was edited. */
const root = join(import.meta.dirname, '../..');
/** A thousand by `npm run test:long`; the same is shown with fewer in less time. */
const recorded = isLong ? 1_000 : 100;
const lastOnes = (recorded * 3) / 5;
const postcodes = ['1283', '1284', '1291', '1283', '9999'];
const postcodeOf = (index: number): string => postcodes[index % postcodes.length]!;
const folder = mkdtempSync(join(tmpdir(), 'mgn-shadow-'));
const store = `sqlite:${join(folder, 'gateway.db')}`;

const mgn = (...args: readonly string[]) => runMgn(['config', ...args], folder);

/** A folder that someone copied and edited: only its mappings, the rest is what is in force. */
function edited(name: string, file: string, change: (text: string) => string): string {
  const made = join(folder, name);
  cpSync(join(root, 'mappings'), join(made, 'mappings'), { recursive: true });
  const path = join(made, 'mappings', file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return made;
}

/** Of the last ones, as they lie in the store; what came after them is a move. */
let lastPostcodes: readonly string[] = [];
beforeAll(async () => {
  const gateway = await startGateway({ store });
  let next = 0;
  const client = async () => {
    for (let index = next++; index < recorded; index = next++) {
      const body = referralOf(index, postcodeOf(index));
      const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
      if (answer.status !== 200) throw new Error(answer.text);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  const { items } = await gateway.store.messages({ count: 1 });
  const task = /Task\/[0-9a-f-]{36}/.exec(items[0]!.answer.body)?.[0];
  const accepting = { resourceType: 'Parameters', parameter: [{ name: 'status', valueCode: 'accepted' }] };
  const headers = { 'if-match': 'W/"1"' };
  const moved = await gateway.ask('POST', `/fhir/${task}/$transition`, {
    as: 'registration-team',
    body: JSON.stringify(accepting),
    headers,
  });
  if (moved.status !== 200) throw new Error(moved.text);
  const last = await gateway.store.messages({ latestFirst: true, count: lastOnes + 1 });
  lastPostcodes = last.items.flatMap(
    ({ body }) => /"postalCode": "(\d{4})/.exec(new TextDecoder().decode(body))?.[1] ?? [],
  );
  await gateway.stop();
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The sender of an order would not learn who sent it. */
const withoutSource = (text: string): string =>
  text.replace(
    /where: a mark for the owner\n *why:\n.*\n.*\n/,
    (line) => `${line}          - withhold: meta.source\n            why: { en: A test., nl: Een test. }\n`,
  );

const indexes = Array.from({ length: recorded }, (_, index) => index);
const count = (of: (postcode: string) => boolean): number => indexes.filter((index) => of(postcodeOf(index))).length;
const of = (report: ShadowReport, aspect: DifferenceGroup['aspect']) =>
  report.groups.filter((it) => it.aspect === aspect);

describe('mgn config shadow', { timeout: 600_000 }, () => {
  test('reports how many messages a changed rule would route elsewhere, with their destination', async () => {
    const changed = edited('one-postcode', 'routes.yaml', (text) => withPostcodeRule(text, '1283'));
    const { out, code } = await mgn('shadow', changed, '--store', store, '--last', '2000', '--json');
    const report = JSON.parse(out) as ShadowReport;
    const expected = count((it) => it === '1283');
    expect(expected).toBe((recorded * 2) / 5);
    expect(report).toMatchObject({ messages: recorded, different: expected, leftOut: 1, otherThanRecorded: 0 });
    expect(report.memoryCutOff).toBe(0);
    expect(of(report, 'outcome')).toEqual([]);
    expect(of(report, 'destination')).toMatchObject([
      {
        count: expected,
        was: 'HealthcareService/conversation-zonnerveen by rule municipality-team',
        is: 'HealthcareService/registration-team by rule one-postcode, for people to decide',
      },
    ]);
    expect(of(report, 'destination')[0]?.examples).toHaveLength(3);
    expect(code).toBe(1);
    expect(out, 'no number of a person, no name, no address').not.toMatch(/9999\d{5}|Verzonnen|1283AB/);
  });

  test('reports the messages that a refusing rule would no longer accept', async () => {
    const changed = edited('no-one-outside', 'routes.yaml', (text) =>
      text.replace(/(- id: outside-region[\s\S]*?then:\n\s+)ask: human/, '$1refuse: route-refused'),
    );
    const { out } = await mgn('shadow', changed, '--store', store, '--last', String(lastOnes + 1), '--json');
    const report = JSON.parse(out) as ShadowReport;
    const expected = lastPostcodes.filter((it) => it === '9999').length;
    // which ones are last depends on the order in which eight clients were answered
    expect(expected).toBeGreaterThan(0);
    expect(of(report, 'outcome')).toMatchObject([
      { count: expected, was: 'accepted', is: 'refused at route: route-refused' },
    ]);
    expect(report.different).toBe(expected);
  });

  test('reports for how many messages a changed projection would disclose an element', async () => {
    const changed = edited('less', 'projections/ggz-selected.yaml', withoutSource);
    const { out, code } = await mgn('shadow', changed, '--store', store, '--last', '51');
    expect(out).toContain('would no longer disclose Task.meta to gp, phase selected: 50 of 50 messages');
    expect(out).not.toContain('newly');
    expect(code).toBe(1);
    const product = edited('product', 'routes.yaml', (text) => text);
    const more = (await mgn('diff', changed, product, '--store', store)).out;
    expect(more).toContain('- messages.followed-task.resources.Task.lines[withhold meta.source]');
    const less = (await mgn('diff', product, changed, '--store', store)).out;
    expect(less).toContain('+ messages.followed-task.resources.Task.lines[withhold meta.source]');
  });

  test('and the difference of two sets says what would newly be disclosed, and under which condition', async () => {
    const changed = edited('more', 'projections/social-domain-selected.yaml', (text) =>
      text
        .replace('withhold: [note, description, output]', 'withhold: [description, output]')
        .replace(
          '- withhold: [identifier, focus, for, requester, owner]',
          '- allow: note\n            as: whole\n            why: { en: A test., nl: Een test. }\n          $&',
        )
        .replace('when: contact data permitted', 'when: content permitted'),
    );
    const { out } = await mgn('diff', changed, '--store', store);
    expect(out).toMatch(
      /\+ would newly disclose Task\.note to social-domain, phase selected \(social-request\): as stored/,
    );
    expect(out).toMatch(
      /~ would disclose Patient\.telecom to social-domain, phase selected \(social-request\) otherwise: .*contact data permitted -> .*content permitted/,
    );
  });

  test('finds nothing in a set that only reads otherwise, and reads as lines', async () => {
    const changed = edited('commented', 'routes.yaml', (text) => `# another comment\n${text}`);
    const { out, code } = await mgn('shadow', changed, '--store', store, '--last', '51');
    expect(out).toMatch(/50 recorded messages decided by both/);
    expect(out).toMatch(/0 would differ, 50 not/);
    expect(code).toBe(0);
    expect((await mgn('diff', changed, '--store', store)).out).toMatch(
      /~ mappings\/routes.yaml \(layout or comments only\)/,
    );
  });
});

describe('mgn config', { timeout: 600_000 }, () => {
  test('identifies a difference by the name of the rule', async () => {
    const changed = edited('one-postcode', 'routes.yaml', (text) => withPostcodeRule(text, '1283'));
    const { out, code } = await mgn('diff', changed, '--store', store);
    expect(out).toMatch(/^routes\n {2}~ mappings\/routes\.yaml\n {6}\+ routes\.registration\[one-postcode\]$/m);
    expect(code).toBe(1);
  });

  test('does not activate what does not compile, with every mistake and its place', async () => {
    const changed = edited('broken', 'routes.yaml', (text) =>
      text.replace('residence: inside', 'residence: sideways').replace('residence: outside', 'residens: outside'),
    );
    const before = (await mgn('list', '--store', store)).out;
    const { out, err, code } = await mgn('activate', changed, '--store', store, '--without-shadow');
    expect(out).toBe('Nothing was changed: the set in force remains.\n');
    expect(err).toMatch(/mappings\/routes\.yaml:\d+:\d+: error config-value-invalid/);
    expect(err).toMatch(/mappings\/routes\.yaml:\d+:\d+: error config-key-unknown/);
    expect(code).toBe(2);
    expect((await mgn('list', '--store', store)).out).toBe(before);
  });

  test('activates a tried set, and reverts to the previous one with one command', async () => {
    const changed = edited('two', 'routes.yaml', (text) => withPostcodeRule(text, '1284'));
    const untried = await mgn('activate', changed, '--store', store);
    expect([untried.code, untried.err]).toEqual([2, expect.stringContaining('config-shadow-missing')]);
    await mgn('shadow', changed, '--store', store, '--last', '10');
    expect(await mgn('activate', changed, '--store', store)).toMatchObject({ code: 0, err: '' });
    const digest = (await mgn('show', '--store', store)).out.split('\n')[0]!;
    expect((await mgn('list', '--store', store)).out).toContain(`* ${digest.slice(0, 12)}`);
    expect(await mgn('activate', '--previous', '--store', store)).toMatchObject({ code: 0, err: '' });
    expect((await mgn('show', '--store', store)).out.split('\n')[0]).not.toBe(digest);
    expect(await mgn('activate', digest.slice(0, 10), '--store', store)).toMatchObject({ code: 0, err: '' });
    expect((await mgn('show', digest.slice(0, 10), '--store', store)).out.split('\n')[0]).toBe(digest);
  });

  test('of an unknown set refers to the list of stored ones', async () => {
    const { err, code } = await mgn('activate', 'ffffffff', '--store', store);
    expect(err).toMatch(/config-set-unknown.*mgn config list/);
    expect(code).toBe(2);
  });
});
