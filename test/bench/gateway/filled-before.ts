import type { Result } from '../../../src/fhir/result.ts';
import { keyRingFor } from '../../../src/main/key-ring.ts';
import { silent } from '../../../src/main/log.ts';
import { type Configuration, run, world } from '../../../src/main.ts';
import type { Store } from '../../../src/store/port.ts';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { bodies } from '../bodies.ts';
import { collecting, fill, type Template } from './fill.ts';

/** `address`: a file, which is encrypted when its keys are beside it, or `postgres://...`. */
export function storeAt(address: string): Promise<Store> {
  if (address.startsWith('postgres:')) return openPostgresStore(address);
  const { value: ring } = sound(keyRingFor(`sqlite:${address}`));
  return openSqliteStore(address, ring ? { ring } : {});
}

function sound<T>(result: Result<T>): { readonly value: T } {
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result;
}

/** Creates a store in `file` with `count` messages of all the kinds under measurement, accepted and delivered. */
export async function filledBefore(configuration: Configuration, file: string, count: number): Promise<void> {
  const templates: Template[] = [];
  const gateway = await run(configuration, collecting(await storeAt(file), templates), {
    port: 0,
    log: silent,
  });
  for (const { next } of bodies()) {
    const headers = {
      'content-type': 'application/fhir+json',
      authorization: 'Bearer demo-gp-de-linde',
      'x-request-id': world.newId(),
    };
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/fhir`, { method: 'POST', headers, body: next() });
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  }
  await gateway.stop();
  const store = await storeAt(file);
  await fill(store, templates, count);
  await store.close();
}
