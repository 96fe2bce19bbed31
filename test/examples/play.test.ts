import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf } from '../../src/demo/example/client.ts';
import { exampleNames, namesOf, readExample } from '../../src/demo/example/example.ts';
import { playExample } from '../../src/demo/example/play-example.ts';
import { world } from '../../src/main.ts';
import { mgn } from '../support/cli/mgn.ts';
import { isLong } from '../support/long.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** `mgn play`: the examples by hand, against a running gateway, as often as one likes. */

const root = join(import.meta.dirname, '../..');

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const player = () => ({
  client: clientOf(gateway.url, randomUUID),
  world,
  run: randomUUID().slice(0, 8),
  say: () => {},
});

const play = (...args: string[]) => mgn(['play', ...args, '--to', `${gateway.url}/fhir`]);

describe('every example can be played, twice on one gateway, with the result that it promises', () => {
  test.each(exampleNames().map((name, at) => [name, at] as const))('%s', async (name, at) => {
    const first = await playExample(player(), readExample(name));
    expect(first.differences).toEqual([]);
    // a second time each of them by `npm run test:long`
    if (!isLong && at % 4) return;
    const second = await playExample(player(), readExample(name));
    expect(second.differences).toEqual([]);
    // an order of its own, not the first answer repeated
    if (first.order) expect(second.order).not.toBe(first.order);
  });
});

describe('mgn play', () => {
  test('prints the given steps, the answer, and that it is as expected', async () => {
    const { code, out, err } = await play('106');
    expect(err).toBe('');
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^106-transfer-to-a-place-nearby: A transfer/);
    expect(lines.slice(1, 5)).toEqual([
      '  ggz-de-kade reports the places of basic-ggz-de-kade -> 200',
      '  gp-de-linde sends 001-referral-as-collection -> 200',
      expect.stringMatching(/^ {2}registration-team moves Task\/\S+ to accepted -> 200$/),
      '  registration-team sends 106-transfer-to-a-place-nearby -> 200',
    ]);
    expect(out).toMatch(/Task Task\/\S+, owner HealthcareService\/basic-ggz-de-kade\n/);
    expect(lines.at(-1)).toBe('  as expected');
  });

  test('the same command at once again plays another order', async () => {
    const orders = [];
    for (let n = 0; n < 3; n++) {
      const { code, out } = await play('106');
      expect(code, out).toBe(0);
      orders.push(/order (ServiceRequest\/\S+)/.exec(out)?.[1]);
    }
    expect(new Set(orders).size).toBe(3);
  });

  test('a refusal is as expected too, with its errors and remedies', async () => {
    const { code, out } = await play('024-bsn-fails-elfproef');
    expect(code).toBe(0);
    expect(out).toMatch(/error invariant at .*\n/);
    expect(out).toMatch(/as expected\n$/);
  });

  test('several in one run, by number without zeros, by name, or by folder', async () => {
    const { code, out } = await play('1', '013', '004-elz-referral-json/');
    expect(code).toBe(0);
    expect(out.match(/as expected/g)).toHaveLength(3);
  });

  test('what is not as expected is named, with exit code 1', async () => {
    const named = readExample('001-referral-as-collection');
    const { differences } = await playExample(player(), {
      ...named,
      example: {
        ...named.example,
        expect: {
          status: 422,
          stored: 'nothing',
          'routed-to': 'HealthcareService/other',
          explained: ['words that are not there'],
          errors: [{ rule: 'no-patient', at: 'Bundle' }],
        },
      },
    });
    expect(differences).toEqual([
      'status: 200, expected 422',
      'routed to: HealthcareService/conversation-zonnerveen, expected HealthcareService/other',
      'not explained: words that are not there',
      'no error no-patient at Bundle',
    ]);
  });

  test('without an example: a list with the stories', async () => {
    const { code, out } = await mgn(['play']);
    expect(code).toBe(0);
    for (const name of exampleNames()) expect(out).toContain(`${name}\n    `);
  });

  test('an example that there is not: exit code 2, and nothing is played', async () => {
    const { code, out, err } = await play('106', '999');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('example-unknown');
    expect(namesOf('../network')).toEqual([]);
  });

  test('no gateway there: exit code 2 and how to start one', async () => {
    const { code, err } = await mgn(['play', '001', '--to', 'http://127.0.0.1:1/fhir']);
    expect(code).toBe(2);
    expect(err).toMatch(/gateway-not-running.*mgn serve/);
  });
});

test('the explanation in the README is what its command prints', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, command = '', shown = ''] =
    /`npx mgn (play \d+ --explain)`[\s\S]*?```\n(Kind of request[\s\S]*?)```/.exec(readme) ?? [];
  const { code, out } = await play(...command.split(' ').slice(1));
  expect(code, out.slice(0, 700)).toBe(0);
  // the days are those of the run
  const undated = (text: string) => text.replace(/\(?as of [^)]*\)|reported [^)]*/g, '(date)');
  const printed = undated(out);
  const lines = undated(shown)
    .split('\n')
    .filter((line) => line && line.trim() !== '...');
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) expect(printed).toContain(line);
});
