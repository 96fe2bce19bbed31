import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mgn } from '../support/cli/mgn.ts';
import { outcome, parameters, type Reply, startTerminologyServer } from '../support/servers/terminology-server.ts';
import { diagnosisDefinitions, diagnosisProfile, snomed } from '../support/terminology/diagnosis-profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-terminology-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: object): string => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
};
write('package.json', { name: 'example.diagnoses', version: '1.0.0' });
for (const it of diagnosisDefinitions) write(`${it.resourceType}.json`, it);
const file = write('condition.json', {
  resourceType: 'Condition',
  meta: { profile: [diagnosisProfile] },
  subject: { reference: 'Patient/1' },
  code: { coding: [{ system: snomed, code: '35489007' }] },
});

/** Exit code and JSON verdict of `mgn validate`. */
async function validate(...options: string[]): Promise<readonly [number, string]> {
  const { code, out } = await mgn(['validate', file, '--json', '--package', folder, ...options]);
  return [code, JSON.parse(out).verdict];
}

test.each<readonly [string, Reply, number, string]>([
  ['knows the code', parameters(true), 0, 'valid'],
  ['knows that it is none', parameters(false), 1, 'invalid'],
  ['falls over', outcome(500, 'exception'), 2, 'undecided'],
])('mgn validate --terminology: the server %s', async (_, reply, code, verdict) => {
  const server = await startTerminologyServer(reply);
  try {
    expect(await validate('--terminology', server.url)).toEqual([code, verdict]);
    expect(new Set(server.codes())).toEqual(new Set(['ValueSet 35489007']));
  } finally {
    await server.stop();
  }
});

test('mgn validate without a terminology server leaves it undecided', async () => {
  expect(await validate()).toEqual([2, 'undecided']);
});
