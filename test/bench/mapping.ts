/**
 * The referral map against the same work written by hand, and against @medplum/core's engine, interleaved in one run.
 * `npm run bench:mapping`. Aims: lean at most 1.5x by hand, traced at most 3x lean, at least 150x @medplum/core.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMappingLanguage, structureMapTransform } from '@medplum/core';
import type { Bundle } from '@medplum/fhirtypes';
import { compileFolder, readMapFolder } from '../../src/cli/map-folder.ts';
import { readInput } from '../../src/cli/map-input.ts';
import { clone } from '../../src/fhir/clone.ts';
import { referralByHand } from './referral-by-hand.ts';

const root = join(import.meta.dirname, '../..');
const path = join(root, 'mappings/referral/elz-bundle.fml');
const map = compileFolder(readMapFolder(path));
const input = readInput(join(root, 'mappings/referral/tests/typical/input.json')) as Bundle;

const same =
  JSON.stringify(sorted(map.run(input, { seed: 'x' }).output)) === JSON.stringify(sorted(referralByHand(input)));
if (!same) throw new Error('the map and the code written by hand do not make the same of this referral');

/** medplum takes conditions in parentheses, but no constants, no identity lists and no literal arguments: the part it can run. */
const medplumMap = parseMappingLanguage(readFileSync(join(import.meta.dirname, 'medplum-part.map'), 'utf8'));

const contestants: Record<string, () => unknown> = {
  'deep copy only': () => clone(input),
  'by hand': () => referralByHand(input),
  lean: () => map.run(input, { seed: 'x' }),
  traced: () => map.run(input, { seed: 'x', trace: true }),
  '@medplum/core (a part of the work)': () => structureMapTransform(medplumMap, [{ type: 'Bundle', value: input }]),
};

const rounds = 40;
const times = new Map<string, number[]>(Object.keys(contestants).map((name) => [name, []]));
for (let round = -5; round < rounds; round++) {
  for (const [name, act] of Object.entries(contestants)) {
    const repeat = name.startsWith('@') ? 2 : 200;
    const start = performance.now();
    for (let at = 0; at < repeat; at++) act();
    if (round >= 0) times.get(name)!.push(((performance.now() - start) * 1000) / repeat);
  }
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const of = (name: string): number => median(times.get(name) ?? []);
for (const name of times.keys()) process.stdout.write(`${name.padEnd(36)} ${of(name).toFixed(1).padStart(9)} us\n`);
const medplum = of('@medplum/core (a part of the work)');
process.stdout.write(
  `lean / by hand ${(of('lean') / of('by hand')).toFixed(2)} (aim 1.5), traced / lean ${(of('traced') / of('lean')).toFixed(2)} (aim 3), ` +
    `@medplum/core / lean ${(medplum / of('lean')).toFixed(0)} (aim 150)\n`,
);

/** Equal whatever the order of properties. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
