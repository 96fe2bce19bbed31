import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, OperationOutcome, ServiceRequest } from '@medplum/fhirtypes';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { isType } from '../../src/fhir/resource.ts';
import { demoNetwork, openDeciding, openStore, run } from '../../src/main.ts';
import { listeningLog, referralText } from '../exchange/watch.ts';
import { asker, resourceOf, rulesOf } from '../stage.ts';
import { outcome, parameters, type Reply, startTerminologyServer } from './fake-server.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A copy of the demo network with so much added to its network.yaml. */
async function networkWith(added: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mgn-terminology-'));
  folders.push(folder);
  await cp(demoNetwork, folder, { recursive: true });
  const file = join(folder, 'network.yaml');
  await writeFile(file, `${await readFile(file, 'utf8')}\n${added}`);
  return folder;
}

/** The demo network with this terminology server, or as it is. */
async function stage(reply: Reply, settings = 'timeout-ms: 150, failures-before-rest: 1') {
  const server = await startTerminologyServer(reply);
  const network = await networkWith(`terminology: { url: "${server.url}", ${settings} }`);
  const deciding = await openDeciding({ network });
  const store = await openStore('sqlite::memory:');
  if (!deciding.ok || !store.ok) throw new Error(JSON.stringify([deciding.issues, store.issues]));
  const { log, lines } = listeningLog();
  const running = await run(deciding.value, store.value, { port: 0, log });
  ends.push(server.stop, running.stop);
  return { server, ask: asker(`http://127.0.0.1:${running.port}`), lines };
}

/** Bound, required, to a value set of which no code is here. */
const questionable = { system: 'http://snomed.info/sct', code: '35489007' };
