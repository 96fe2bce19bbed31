import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeCertificate } from '../support/access/certificates.ts';
import { mgn } from '../support/cli/mgn.ts';

/** deploy/, held against the product: its options, variables, ports and paths exist, and the tools that read the files accept them. */
const root = join(import.meta.dirname, '../..');
const deploy = join(root, 'deploy');
const textOf = (file: string): string => readFileSync(join(deploy, file), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'mgn-deploy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = readdirSync(deploy, { recursive: true, encoding: 'utf8' }).filter((it) =>
  statSync(join(deploy, it)).isFile(),
);
const written = files.filter((it) => !it.startsWith('monitoring'));
const variablesOf = (file: string): Record<string, string> =>
  Object.fromEntries(
    [...textOf(file).matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

/** A program that may be absent here; then the test skips, and says so. */
const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;
const outputOf = ({ stdout, stderr }: SpawnSyncReturns<string>): string => `${stdout}${stderr}`;

test('mgn serve has each option with which a file starts it', async () => {
  const { out } = await mgn(['serve', '--help']);
  const starts = written.flatMap((file) =>
    textOf(file)
      .split('\n')
      .filter((line) => /mgn\.js serve|"serve"/.test(line)),
  );
  expect(starts.length).toBeGreaterThan(1);
  for (const line of starts)
    for (const [option] of line.matchAll(/--[a-z-]+/g)) expect(out, line).toContain(`${option} <`);
});

test('each variable of the gateway is read by it, or by the unit that names the file', () => {
  const source = ['main/key-ring.ts', 'store/postgres/client.ts', 'definitions/definition-cache.ts']
    .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
    .join('');
  const units = ['mgn-gateway.service', 'mgn-backup.service', 'backup']
    .map((it) => textOf(`one-machine/${it}`))
    .join('');
  // PGPASSFILE is read by the driver of PostgreSQL
  for (const file of ['one-machine/gateway.env', 'region/gateway.env'])
    for (const name of Object.keys(variablesOf(file)))
      expect(source.includes(name) || units.includes(name) || name === 'PGPASSFILE', `${file}: ${name}`).toBe(true);
  const used = [...units.matchAll(/\$\{?(MGN_[A-Z_]+)/g)].map(([, name = '']) => name);
  for (const name of used.filter((it) => it !== 'MGN_COMMAND'))
    expect(variablesOf('one-machine/gateway.env')).toHaveProperty(name);
});

test('each path of the package that a file names is in it', () => {
  const { files: packed } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
  for (const file of written)
    for (const [, path = ''] of textOf(file).matchAll(/(?:file:)?\/opt\/mgn\/((?:bin|deploy|docs)[\w./-]*\w)/g)) {
      expect(existsSync(join(root, path)), `${file}: ${path}`).toBe(true);
      expect(packed).toContain(path.split('/')[0]);
    }
  for (const file of written)
    for (const [path] of textOf(file).matchAll(/\b(?:docs|deploy)\/[\w./-]*\w/g))
      expect(existsSync(join(root, path)), `${file}: ${path}`).toBe(true);
});

test('the addresses and ports of the region agree: proxies lead to where gateways, databases and Patroni listen', () => {
  const gateway = variablesOf('region/gateway.env');
  for (const [, port] of textOf('region/haproxy.cfg').matchAll(/server \w+ [\d.]+:(\d+)/g))
    expect(port).toBe(gateway.MGN_PORT);
  const { port, searchParams } = new URL(gateway.MGN_STORE!);
  expect(textOf('region/database.cfg')).toContain(`bind 127.0.0.1:${port}`);
  expect(searchParams.get('sslmode')).toBe('verify-full');
  const patroni = variablesOf('region/patroni.env');
  const database = /server one ([\d.]+:\d+) check port (\d+)/.exec(textOf('region/database.cfg'));
  expect(patroni.PATRONI_POSTGRESQL_CONNECT_ADDRESS).toBe(database?.[1]);
  expect(patroni.PATRONI_RESTAPI_CONNECT_ADDRESS?.split(':')[1]).toBe(database?.[2]);
});

test('the database has room for the connections of three gateways, one of them starting, and others', () => {
  const page = readFileSync(join(root, 'docs/operate/postgresql.md'), 'utf8');
  const each = Number(/\| connections \| (\d+) at most for each gateway/.exec(page)?.[1]);
  expect(Number(/max_connections: (\d+)/.exec(textOf('region/patroni.yaml'))?.[1])).toBeGreaterThan(
    3 * (each + 1) + 10,
  );
});

test('a backup by the script is checked, named by its time, and old ones go', async () => {
  const [store, backups, tool] = ['store.db', 'backups', 'mgn'].map((it) => join(folder, it)) as [
    string,
    string,
    string,
  ];
  const { openSqliteStore } = await import('../../src/store/sqlite/open.ts');
  await (await openSqliteStore(store, { thread: 'none' })).close();
  spawnSync('mkdir', [backups]);
  const old = join(backups, 'gateway-2020-01-01T000000Z.db');
  copyFileSync(store, old);
  spawnSync('touch', ['-d', '2020-01-01', old]);
  writeFileSync(tool, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src/cli.ts')}' "$@"\n`, { mode: 0o755 });
  const env = { ...process.env, MGN_STORE: `sqlite:${store}`, MGN_BACKUPS: backups, MGN_COMMAND: tool };
  const done = spawnSync(join(deploy, 'one-machine/backup'), { env, encoding: 'utf8' });
  expect([done.status, done.stderr]).toEqual([0, '']);
  expect(readdirSync(backups)).toEqual([expect.stringMatching(/^gateway-\d{4}-\d\d-\d\dT\d{6}Z\.db$/)]);
  const failed = spawnSync(join(deploy, 'one-machine/backup'), {
    env: { ...env, MGN_STORE: `sqlite:${folder}/none.db` },
  });
  expect(failed.status).not.toBe(0);
  expect(readdirSync(backups)).toHaveLength(1);
}, 60_000);

test('the container runs as a number that is not root, with a check of its health, on a Node that the package supports', () => {
  const [, , last = ''] = textOf('container/Containerfile')
    .split(/^FROM /m)
    .slice(1);
  expect(last).toMatch(/^USER [1-9]\d+:[1-9]\d+$/m);
  expect(last).toContain('HEALTHCHECK');
  expect(last).toContain("'http://127.0.0.1:8080/healthz'");
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
  expect(engines.node).toContain('>=24');
  expect(new Set([...textOf('container/Containerfile').matchAll(/^FROM (\S+)/gm)].map(([, it]) => it))).toEqual(
    new Set(['docker.io/library/node:24-bookworm-slim']),
  );
  for (const [, sources = ''] of textOf('container/Containerfile').matchAll(/^COPY ((?!--)[^\n]+) \S+$/gm))
    for (const source of sources.split(' ')) expect(existsSync(join(root, source)), source).toBe(true);
});

describe.skipIf(!has('systemd-analyze'))('systemd', () => {
  // where the package is not installed, its programs are those of this computer
  const unit = (name: string): string => {
    const text = textOf(`one-machine/${name}`)
      .replaceAll('/opt/mgn', root)
      .replaceAll('/usr/bin/node', process.execPath);
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  test('finds no mistake in the units', () => {
    const units = ['mgn-gateway.service', 'mgn-backup.service', 'mgn-backup.timer'].map(unit);
    const checked = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' });
    expect(outputOf(checked)).toBe('');
    expect(checked.status).toBe(0);
  });

  test('finds the gateway well closed off', () => {
    const given = ['security', '--offline=true', '--threshold=20', unit('mgn-gateway.service')];
    const checked = spawnSync('systemd-analyze', given, { encoding: 'utf8' });
    expect(checked.status, outputOf(checked)).toBe(0);
  });
});

test.skipIf(!has('haproxy'))('haproxy accepts both parts of its configuration', () => {
  const made = makeCertificate({ name: 'mgn.region.example', by: makeCertificate({ name: 'Test CA' }) });
  writeFileSync(join(folder, 'mgn.pem'), `${made.pem}${made.key}`);
  const part = (name: string, change: (text: string) => string) => {
    writeFileSync(join(folder, name), change(textOf(`region/${name}`)));
    return ['-f', join(folder, name)];
  };
  const front = part('haproxy.cfg', (text) => text.replace('/etc/haproxy/mgn.pem', join(folder, 'mgn.pem')));
  const checked = spawnSync('haproxy', ['-c', ...front, ...part('database.cfg', (text) => text)], { encoding: 'utf8' });
  expect(checked.status, outputOf(checked)).toBe(0);
});

test.skipIf(!has('patroni'))('Patroni accepts its configuration', () => {
  writeFileSync(
    join(folder, 'patroni.yaml'),
    textOf('region/patroni.yaml').replaceAll('/var/lib/postgresql/15/mgn', join(folder, 'data')),
  );
  const env = { ...process.env, ...variablesOf('region/patroni.env') };
  const checked = spawnSync('patroni', ['--validate-config', join(folder, 'patroni.yaml')], { env, encoding: 'utf8' });
  // it looks for PostgreSQL too, which may be of another version here
  const mistakes = outputOf(checked)
    .split('\n')
    .filter((it) => it.trim() && !/bin_dir|data_dir/.test(it));
  expect(mistakes).toEqual([]);
});
