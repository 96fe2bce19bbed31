import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';

/**
 * The region of deploy/region on one computer: its three machines are 127.20.0.1 to 127.20.0.3, where its files say 10.20.0.1 to
 * 10.20.0.3. Each file is used as it is, but for addresses, folders and a certificate of the drill. Needs Linux, root, and
 * Debian's etcd-server, patroni, postgresql, haproxy and openssl.
 */
export const root = join(import.meta.dirname, '../..');
export const machines = [1, 2, 3] as const;
export type Machine = (typeof machines)[number];
export const addressOf = (machine: Machine): string => `127.20.0.${machine}`;
/** Where the database proxy of a machine listens: all are on loopback here. */
export const databasePort = (machine: Machine): number => 25_430 + machine;
export const frontPort = 28_443;

const names = { 1: 'one', 2: 'two', 3: 'three' } as const;
const deployed = (file: string): string => readFileSync(join(root, 'deploy/region', file), 'utf8');
const here = (text: string): string =>
  text.replaceAll('10.20.0.0/24', '127.0.0.0/8').replaceAll('10.20.0.', '127.20.0.');

/** `NAME=value` lines of an environment file. */
const environmentOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));

export type Part = {
  readonly child: ChildProcess;
  readonly written: () => string;
  /** File with the process id of the PostgreSQL that belongs to it. */
  readonly postmaster?: string;
};

/** Starts a program; what it writes is retained for the case that something fails. */
export function start(
  command: string,
  args: readonly string[],
  options: {
    readonly env?: Record<string, string>;
    readonly uid?: number;
    readonly gid?: number;
    readonly cwd?: string;
  },
): Part {
  const { env, ...others } = options;
  const child = spawn(command, args, { ...others, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text = (text + chunk).slice(-20_000);
    });
  child.on('error', (why) => {
    text += String(why);
  });
  return { child, written: () => text };
}

/** A process and all that it started, which includes servers in sessions of their own. */
export function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return [{ pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }];
    } catch {
      return []; // it has ended
    }
  });
  const own = parents.filter((it) => it.parent === pid).flatMap((it) => familyOf(it.pid));
  return [pid, ...own];
}

/** Ends the part and all that it started. Patroni lets its PostgreSQL go, so that one survives the other: it is found by its file. */
export function kill({ child, postmaster }: Part, signal: NodeJS.Signals): void {
  const ended = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const server =
    postmaster && existsSync(postmaster) ? Number(readFileSync(postmaster, 'utf8').split('\n')[0]) : undefined;
  const own = [...(ended ? [] : familyOf(child.pid!)), ...(server ? familyOf(server) : [])];
  for (const it of own)
    try {
      process.kill(it, signal);
    } catch {
      // it has ended
    }
}

/** The user under whom PostgreSQL runs: it refuses root. */
export const postgresUser = (): { readonly uid: number; readonly gid: number } => ({
  uid: Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })),
  gid: Number(execFileSync('id', ['-g', 'postgres'], { encoding: 'utf8' })),
});

/** A certificate authority and certificates for localhost, as the files of deploy/region name them. */
export function makeCertificates(folder: string, owner: { readonly uid: number; readonly gid: number }): void {
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=drill', '-days', '2');
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.20.0.1\n');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.crt');
  const [certificate, secret] = ['server.crt', 'server.key'].map((file) => readFileSync(join(folder, file), 'utf8'));
  writeFileSync(join(folder, 'mgn.pem'), `${certificate}${secret}`, { mode: 0o600 });
  chmodSync(join(folder, 'server.key'), 0o600);
  chownSync(join(folder, 'server.key'), owner.uid, owner.gid);
}

export function startEtcd(folder: string, machine: Machine): Part {
  const given = here(deployed('etcd.env')).replace(/,http:\/\/127\.0\.0\.1:2379/, '');
  const own = given
    .replace(/^(ETCD_(?:LISTEN|INITIAL_ADVERTISE|ADVERTISE)\w+=http:\/\/)127\.20\.0\.1/gm, `$1${addressOf(machine)}`)
    .replace('ETCD_NAME=one', `ETCD_NAME=${names[machine]}`);
  return start('etcd', ['--log-level', 'warn'], {
    env: { ...environmentOf(own), ETCD_DATA_DIR: join(folder, `etcd-${machine}`) },
  });
}

export function startPatroni(
  folder: string,
  machine: Machine,
  owner: { readonly uid: number; readonly gid: number },
): Part {
  const own = join(folder, `database-${machine}`);
  mkdirSync(own, { recursive: true });
  chownSync(own, owner.uid, owner.gid);
  const file = join(own, 'patroni.yaml');
  const text = here(deployed('patroni.yaml'))
    .replaceAll('0.0.0.0', addressOf(machine))
    .replaceAll('/run/postgresql', own)
    .replaceAll('/etc/patroni', folder)
    .replace('/var/lib/postgresql/15/mgn', join(own, 'data'))
    .replace('/usr/lib/postgresql/15/bin', newestBin());
  writeFileSync(file, text);
  const env = environmentOf(here(deployed('patroni.env')).replaceAll('127.20.0.1', addressOf(machine)));
  const part = start('patroni', [file], {
    env: { ...env, PATRONI_NAME: names[machine], HOME: own },
    ...owner,
    cwd: own,
  });
  return { ...part, postmaster: join(own, 'data/postmaster.pid') };
}

/** Debian's folder of the newest PostgreSQL that is installed. */
export function newestBin(): string {
  const versions = readdirSync('/usr/lib/postgresql')
    .map(Number)
    .sort((a, b) => b - a);
  return `/usr/lib/postgresql/${versions[0]}/bin`;
}

export function startDatabaseProxy(folder: string, machine: Machine): Part {
  const file = join(folder, `database-${machine}.cfg`);
  writeFileSync(file, here(deployed('database.cfg')).replace('127.0.0.1:5433', `127.0.0.1:${databasePort(machine)}`));
  return start('haproxy', ['-db', '-f', file], {});
}

export function startFront(folder: string): Part {
  const file = join(folder, 'front.cfg');
  const text = here(deployed('haproxy.cfg'))
    .replace('bind :443', `bind 127.0.0.1:${frontPort}`)
    .replace('/etc/haproxy/mgn.pem', join(folder, 'mgn.pem'));
  writeFileSync(file, text);
  return start('haproxy', ['-db', '-f', file], {});
}

/** What the cluster says of itself: the machine that is the primary, and the one that has every commit. */
export async function cluster(): Promise<{ readonly primary?: Machine; readonly synchronous?: Machine }> {
  const roles = await Promise.all(
    ([1, 2] as const).map(async (machine) => {
      const is = async (path: string) =>
        (
          await fetch(`http://${addressOf(machine)}:8008${path}`, { signal: AbortSignal.timeout(1_000) }).catch(
            () => undefined,
          )
        )?.status === 200;
      return { machine, isPrimary: await is('/primary'), isSynchronous: await is('/synchronous') };
    }),
  );
  const primary = roles.find(({ isPrimary }) => isPrimary)?.machine;
  const synchronous = roles.find(({ isSynchronous }) => isSynchronous)?.machine;
  return { ...(primary && { primary }), ...(synchronous && { synchronous }) };
}

export async function until(what: string, isSo: () => Promise<boolean>, seconds = 120): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await pauseFor(200);
  }
}
