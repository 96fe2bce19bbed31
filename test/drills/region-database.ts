import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Machine, newestBin } from './region.ts';

/** Role and database of the gateways, as docs/operate/postgresql.md creates them, on the machine that is the primary. */
export async function createDatabase(
  folder: string,
  primary: Machine,
  owner: { readonly uid: number; readonly gid: number },
  password: string,
): Promise<void> {
  const sql = (text: string) =>
    execFileSync(
      join(newestBin(), 'psql'),
      [
        '-h',
        join(folder, `database-${primary}`),
        '-U',
        'postgres',
        '-d',
        'postgres',
        '-v',
        'ON_ERROR_STOP=1',
        '-c',
        text,
      ],
      { ...owner, cwd: folder, stdio: 'pipe' },
    );
  sql(`create role gateway login password '${password}'`);
  sql("create database gateway owner gateway encoding 'UTF8' template template0");
}
