import { hash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { isRing, type KeyRing, newRingLine, readRing } from '../store/sql/vault/ring.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Names of the environment variables with the key ring of the store: the keys themselves, or the name of a file of them. */
const [keysVariable, fileVariable] = ['MGN_STORE_KEYS', 'MGN_STORE_KEYS_FILE'] as const;

/**
 * The key ring for a store: of the environment, of a file that it names, or of the file beside a store of the demo. Undefined:
 * there is none. Issue: `store-keys-invalid`.
 */
export function keyRingFor(address: string, environment: Environment = process.env): Result<KeyRing | undefined> {
  const keys = environment[keysVariable];
  if (keys) return ringIn(keys, keysVariable);
  const file = environment[fileVariable] || besideStore(address);
  if (file === undefined || (!environment[fileVariable] && !existsSync(file))) return success(undefined);
  try {
    return ringIn(readFileSync(file, 'utf8'), file);
  } catch (why) {
    const problem = (why as NodeJS.ErrnoException).code ?? 'error';
    return failure(issue('store-keys-invalid', { file, problem }));
  }
}

function ringIn(text: string, file: string): Result<KeyRing> {
  const ring = readRing(text);
  if (isRing(ring)) return success(ring);
  const problem = ring ? `line ${ring.line}: ${problems[ring.problem]}` : 'it has no key';
  return failure(issue('store-keys-invalid', { file, problem }));
}

const problems = {
  form: 'a line is an id and a key in base64, such as 2026-11 followed by 44 characters',
  size: 'a key has 32 bytes',
  twice: 'this id was used before',
} as const;

/**
 * The file with the key that a demo generates for its store: beside a file, and in the working folder for a database of PostgreSQL, by
 * its server, name and schema. Undefined for a store in memory.
 */
export function besideStore(address: string): string | undefined {
  const file = /^sqlite:(.+)$/.exec(address)?.[1];
  if (file !== undefined) return file === ':memory:' ? undefined : `${file}.keys`;
  if (!/^postgres(?:ql)?:/.test(address) || !URL.canParse(address)) return undefined;
  const { host, pathname, searchParams } = new URL(address);
  const place = JSON.stringify([host, pathname, searchParams.get('host'), searchParams.get('options')]);
  return `mgn-gateway-${hash('sha256', place).slice(0, 12)}.keys`;
}

/**
 * Generates the key of a demo beside its store, readable by its owner only. One that another process made meanwhile stays, and is
 * never seen half written. Throws when the folder cannot be written.
 */
export function generateKeys(file: string): void {
  const made = `${file}.${process.pid}`;
  try {
    const handle = openSync(made, 'wx', 0o600);
    try {
      writeSync(
        handle,
        `# Key of a demo. A real gateway has its keys elsewhere: docs/operate/keys.md\n${newRingLine('demo')}\n`,
      );
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    linkSync(made, file);
  } catch (why) {
    if ((why as NodeJS.ErrnoException).code !== 'EEXIST') throw why;
  } finally {
    rmSync(made, { force: true });
  }
}
