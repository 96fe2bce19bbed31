import { readdirSync, readFileSync } from 'node:fs';
import { asSuperuser } from '../support/store/postgres.ts';

/** CPU time of all processes of the PostgreSQL of this process so far, in microseconds; 0 without /proc. */
export async function serverCpu(): Promise<number> {
  const [row] = await asSuperuser('select pg_backend_pid() as pid');
  const server = parentOf(String(row?.pid));
  if (!server) return 0;
  return readdirSync('/proc')
    .filter((pid) => pid === server || parentOf(pid) === server)
    .reduce((sum, pid) => sum + Number(textOf(`/proc/${pid}/schedstat`)?.split(' ')[0] ?? 0) / 1_000, 0);
}

const parentOf = (pid: string): string | undefined =>
  /^PPid:\s*(\d+)/m.exec(/^\d+$/.test(pid) ? (textOf(`/proc/${pid}/status`) ?? '') : '')?.[1];

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
