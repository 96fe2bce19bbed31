import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { networkFolders } from '../../src/cli/network/folders.ts';
import { addToken } from '../../src/cli/network/partner-token.ts';
import { formOf } from '../../src/definitions/value-forms.ts';
import { silent } from '../../src/main/log.ts';
import { openConfiguration, openConfigurationToStart, openStore, run } from '../../src/main.ts';
import { mgn } from '../support/cli/mgn.ts';
import { asker, locationOf } from '../support/test-gateway.ts';

/** A first network: written, checked, with a token, started, and a referral that goes to its own team. */
let folder: string;
const made = (...args: readonly string[]) => [
  ...['new-network', join(folder, 'veen'), '--region', 'Veenland'],
  ...['--municipality', 'Veendorp=9801:1281-1289', '--municipality', 'Mondstad=9802:1291-1298'],
  ...['--team', 'Veendorp=Team Oost', '--partner', 'gp-de-brug=gp:Huisartsen De Brug'],
  ...['--partner', 'ggz-noord=ggz:GGZ Noord', '--partner', 'sociaal-werk=social-work:Sociaal Werk'],
  ...args,
];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-new-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const veen = () => join(folder, 'veen');

test('mgn new-network writes a network that passes its check, with routes and comments of its own', async () => {
  const written = await mgn(made());
  expect([written.code, written.err]).toEqual([0, '']);
  expect(written.out).toContain('2 municipalities, 3 partners');
  expect(readFileSync(join(veen(), 'mappings/routes.yaml'), 'utf8')).toContain('They are yours to change');
  const checked = await mgn(['network', 'check', veen()]);
  expect([checked.code, checked.err]).toEqual([0, '']);
  expect(checked.out).toContain('it starts');
  expect((await mgn(made())).err).toContain('is not empty');
});

test('mgn token PARTNER shows a token once, and partners.yaml has only its hash, with an end', async () => {
  const before = readFileSync(join(veen(), 'network/partners.yaml'), 'utf8');
  const one = await mgn(['token', 'gp-de-brug', '--network', veen(), '--days', '30']);
  expect(one.code).toBe(0);
  const token = one.out.trim();
  expect(token).toMatch(/^[\w-]{43}$/);
  const after = readFileSync(join(veen(), 'network/partners.yaml'), 'utf8');
  expect(after).toContain(before.split('\n')[0]);
  expect(after).not.toContain(token);
  expect(after).toMatch(/sha256: [0-9a-f]{64}\n\s+expires: /);
  expect((await mgn(['token', 'gp-de-brug', '--network', veen()])).out.trim()).not.toBe(token);
  expect((await mgn(['token', 'nobody', '--network', veen()])).err).toContain('operations-partner-unknown');
  expect((await mgn(['token'])).err).toContain('Name a partner and its network');
  expect((await mgn(['token', 'gp-de-brug', '--network', veen(), '--days', '0'])).code).not.toBe(0);
  expect((await mgn(['token', 'gp-de-brug', '--network', join(folder, 'nowhere')])).err).toContain('config-unreadable');
});

test('a network that others reach gets no static token', async () => {
  const real = join(folder, 'real');
  await mgn([
    'new-network',
    real,
    '--region',
    'R',
    '--municipality',
    'A=9801:1281',
    '--base-url',
    'https://mgn.example/fhir',
  ]);
  expect((await mgn(['token', 'operator', '--network', real])).err).toContain('static-tokens-outside-demo');
});

test('it starts, with its own routes, and a referral of its GP goes to the team of the municipality', async () => {
  const token = (await mgn(['token', 'gp-de-brug', '--network', veen()])).out.trim();
  const configured = await openConfiguration(networkFolders(veen()));
  expect(configured.ok, JSON.stringify(configured.issues)).toBe(true);
  const store = await openStore('sqlite::memory:');
  if (!configured.ok || !store.ok) throw new Error('not opened');
  const running = await run(configured.value, store.value, { port: 0, log: silent });
  try {
    const ask = asker(`http://127.0.0.1:${running.port}`);
    const example = readFileSync(
      join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
      'utf8',
    );
    const body = example.replaceAll('99990101', '99970100').replaceAll(/"value": "01999901"/g, '"value": "01999901"');
    const sent = await ask('POST', '/fhir', { token, body });
    expect(sent.status, sent.text).toBe(200);
    const order = locationOf(sent, 'ServiceRequest')!;
    const explained = await ask('GET', `/fhir/${order}/$explain`, { token });
    expect(explained.text).toMatch(/Team Oost|Aanmeldteam Veenland/);
  } finally {
    await running.stop();
  }
}, 60_000);

test.each([
  [['--municipality', 'Utrecht'], 'postcodes'],
  [['--municipality', 'Utrecht=344:3511'], 'four digits'],
  [['--partner', 'x=bakery:X'], 'Kinds:'],
  [['--partner', 'operator=gp:X'], 'is taken'],
  [['--team', 'Nergens=Team'], 'no municipality'],
])('a mistake in %j is named, and nothing is written', async (more, words) => {
  const target = join(folder, 'wrong');
  const { code, err } = await mgn(['new-network', target, '--region', 'R', '--municipality', 'A=9801:1281', ...more]);
  expect(code).not.toBe(0);
  expect(err).toContain(words);
  expect(readdirSync(folder)).not.toContain('wrong');
});

describe('mgn network check', () => {
  test('lists every mistake with file, line, column and a remedy in words', async () => {
    const copy = join(folder, 'mistakes');
    await mgn(['new-network', copy, '--region', 'R', '--municipality', 'A=9801:1281', '--partner', 'gp=gp:GP']);
    const partners = join(copy, 'network/partners.yaml');
    writeFileSync(
      partners,
      readFileSync(partners, 'utf8')
        .replace('id: gp\n', 'id: GP De Brug\n')
        .replace('organization: Organization/gp\n', 'organization: gp\n')
        .replace('channel: inbox\n', 'channel: post\n'),
    );
    const found = await mgn(['network', 'check', copy]);
    expect(found.code).toBe(1);
    expect(found.err.match(/partners\.yaml:\d+:\d+: .*error/g)).toHaveLength(3);
    expect(found.err).toContain('such as ggz-de-kade');
    expect(found.err).toContain('Organization/ggz-de-kade');
    expect(found.err).not.toMatch(/\^|\[A-Z/);
    expect((await mgn(['network', 'check', copy, '--language', 'nl'])).err).toContain('kleine letters');
    expect((await mgn(['network', 'check', join(folder, 'nowhere')])).code).toBe(1);
  });

  test('has words for every pattern of the schemas of configuration files', () => {
    const src = join(import.meta.dirname, '../../src');
    const schemas = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((it) =>
      /(?:schemas\/\w+|\.schema|tls\/tls)\.json$/.test(it),
    );
    const patterns = schemas.flatMap((file) =>
      [...readFileSync(join(src, file), 'utf8').matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)].map(
        ([, text]) => JSON.parse(text!) as string,
      ),
    );
    expect(patterns.length).toBeGreaterThan(20);
    expect(patterns.filter((it) => !formOf(it))).toEqual([]);
  });
});

test.each([
  ['--region', 'R\u001b[2J'],
  ['--name', 'N\u0007'],
  ['--name', 'N\u2028next'],
  ['--municipality', 'B\u0000=9802:1291'],
  ['--municipality', 'B\n=9802:1291'],
  ['--team', 'A=Team\u001b'],
  ['--partner', 'gp-x=gp:G\u0085P'],
])('a control character in %s is refused, and nothing is written', async (option, value) => {
  const target = join(folder, 'control');
  const plain = ['--municipality', 'A=9801:1281', ...(option === '--region' ? [] : ['--region', 'R'])];
  const { code, err } = await mgn(['new-network', target, ...plain, option, value]);
  expect(code).not.toBe(0);
  expect(err).toContain('control character');
  expect(readdirSync(folder)).not.toContain('control');
});

describe('mgn token next to others', () => {
  const partners = () => join(folder, 'shared/network/partners.yaml');
  const token = (id = 'gp-de-brug') =>
    addToken(join(folder, 'shared/network'), id, { days: 1, comment: 'test', now: new Date() });
  beforeAll(async () => {
    const options = ['--region', 'R', '--municipality', 'A=9801:1281', '--partner', 'gp-de-brug=gp:GP'];
    await mgn(['new-network', join(folder, 'shared'), ...options]);
  });

  test('does not follow a link that lies at the name of its new file', () => {
    const target = join(folder, 'target');
    writeFileSync(target, 'untouched');
    symlinkSync(target, `${partners()}.new`);
    expect(token().ok).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('untouched');
    rmSync(`${partners()}.new`);
    expect(readdirSync(join(folder, 'shared/network')).filter((it) => it.startsWith('partners'))).toEqual([
      'partners.yaml',
    ]);
  });

  test('waits for another that writes, and reports one that never ends', () => {
    const before = readFileSync(partners(), 'utf8');
    writeFileSync(`${partners()}.lock`, '');
    expect(() => token()).toThrow(/partners\.yaml\.lock/);
    expect(readFileSync(partners(), 'utf8')).toBe(before);
    rmSync(`${partners()}.lock`);
  }, 30_000);

  test('the lock of a process that was killed is removed, that of one that lives or of another computer is not', async () => {
    const lock = `${partners()}.lock`;
    const killed = spawnSync(process.execPath, ['-e', '']).pid;
    const held = (holder: object) => writeFileSync(lock, JSON.stringify(holder));
    held({ pid: killed, host: hostname() });
    expect(token().ok).toBe(true);
    // of an earlier version, which wrote no name
    writeFileSync(lock, '');
    utimesSync(lock, new Date(0), new Date(0));
    expect(token().ok).toBe(true);
    for (const holder of [
      { pid: process.pid, host: hostname() },
      { pid: killed, host: 'elsewhere.example' },
    ]) {
      held(holder);
      expect(() => token()).toThrow(`process ${holder.pid} on ${holder.host}`);
      rmSync(lock);
    }
    expect(readdirSync(join(folder, 'shared/network')).filter((it) => it.includes('.lock'))).toEqual([]);
  }, 30_000);

  test('several that find the lock of a killed process at once lose no token', async () => {
    const count = () => readFileSync(partners(), 'utf8').match(/sha256:/g)?.length ?? 0;
    const before = count();
    const killed = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(`${partners()}.lock`, JSON.stringify({ pid: killed, host: hostname() }));
    const module = new URL('../../src/cli/network/partner-token.ts', import.meta.url).href;
    const script = `const { addToken } = await import(${JSON.stringify(module)});
      const made = addToken(${JSON.stringify(join(folder, 'shared/network'))}, 'gp-de-brug', { days: 1, comment: 'test', now: new Date() });
      if (!made.ok) throw new Error(JSON.stringify(made.issues));`;
    const flags = ['--conditions', 'development', '--input-type=module', '-e', script];
    const exec = promisify(execFile);
    await Promise.all([1, 2, 3, 4].map(() => exec(process.execPath, flags)));
    expect(count()).toBe(before + 4);
  }, 120_000);

  test('several at once lose no token', async () => {
    const count = () => readFileSync(partners(), 'utf8').match(/sha256:/g)?.length ?? 0;
    const before = count();
    const module = new URL('../../src/cli/network/partner-token.ts', import.meta.url).href;
    const script = `const { addToken } = await import(${JSON.stringify(module)});
      for (let n = 0; n < 10; n++) {
        const made = addToken(${JSON.stringify(join(folder, 'shared/network'))}, 'gp-de-brug', { days: 1, comment: 'test', now: new Date() });
        if (!made.ok) throw new Error(JSON.stringify(made.issues));
      }`;
    const flags = ['--conditions', 'development', '--input-type=module', '-e', script];
    const exec = promisify(execFile);
    await Promise.all([1, 2, 3].map(() => exec(process.execPath, flags)));
    expect(count()).toBe(before + 30);
  }, 120_000);
});

test('a store is of one network: the gateway of another is refused, before and after an activation, and nothing changes', async () => {
  const store = `sqlite:${join(folder, 'one-network.db')}`;
  const networkIn = async (region: string) => {
    const at = join(folder, `of-${region}`);
    const made = await mgn([
      'new-network',
      at,
      '--region',
      region,
      '--municipality',
      'A=9801:1281',
      '--partner',
      'gp-a=gp:GP',
    ]);
    expect(made.code, made.err).toBe(0);
    return networkFolders(at, undefined);
  };
  const [east, west] = [await networkIn('Oost'), await networkIn('West')];
  const choose = async (folders: typeof east) => {
    const opened = await openStore(store);
    if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
    const chosen = await openConfigurationToStart(folders, opened.value);
    if (!chosen.ok) {
      await opened.value.close();
      return chosen.issues.map(({ rule }) => rule);
    }
    const running = await run(chosen.value.configured, opened.value, { port: 0, log: silent });
    await running.stop();
    return 'started';
  };
  expect(await choose(east)).toBe('started');
  expect(await choose(west)).toEqual(['store-of-another-network']);
  // a gateway that had looked before the other one started
  const late = await openConfiguration(west);
  if (!late.ok) throw new Error(JSON.stringify(late.issues));
  const opened = await openStore(store);
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  await expect(run(late.value, opened.value, { port: 0, log: silent })).rejects.toThrow('store-of-another-network');
  await opened.value.close();
  expect((await mgn(['config', 'activate', join(folder, 'of-Oost'), '--store', store])).code).toBe(0);
  expect(await choose(west)).toEqual(['store-of-another-network']);
  expect(await choose(east)).toBe('started');
}, 60_000);
