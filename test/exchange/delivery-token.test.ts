import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfiguration, openStore, run } from '../../src/main.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { asker } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-token-'));
afterAll(() => {
  delete process.env.MGN_TEST_TEAM_TOKEN;
  rmSync(folder, { recursive: true, force: true });
});

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
);

test('a partner that wants a token gets the one of the environment; without it the gateway does not start', async () => {
  cpSync(demoNetwork, folder, { recursive: true });
  const file = join(folder, 'partners.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(
      '- id: registration-team\n',
      '- id: registration-team\n    delivery-token-from: MGN_TEST_TEAM_TOKEN\n',
    ),
  );
  const sink = await startSink();
  const deciding = await openConfiguration({
    network: folder,
    addresses: { 'registration-team': sink.url, 'gp-de-linde': sink.url },
  });
  const store = await openStore('sqlite::memory:');
  if (!deciding.ok || !store.ok) throw new Error(JSON.stringify(deciding.issues));
  await expect(run(deciding.value, store.value, { port: 0, log: silent })).rejects.toThrow(
    'MGN_TEST_TEAM_TOKEN (partner registration-team)',
  );

  process.env.MGN_TEST_TEAM_TOKEN = 'known-to-the-team';
  const running = await run(deciding.value, store.value, { port: 0, log: silent });
  await asker(`http://127.0.0.1:${running.port}`)('POST', '/fhir', { as: 'gp-de-linde', body: referral });
  await sink.until(2);
  expect(sink.received.map(({ authorization }) => authorization).sort()).toEqual([
    'Bearer known-to-the-team',
    undefined,
  ]);
  await running.stop();
  await sink.close();
});
