/** `mgn profiles build`: FSH under profiles/input/fsh -> the FHIR package in profiles/package. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { canonicalBase, mgnNaming } from '../fhir/canonical.ts';
import { digestOf } from '../fhir/digest.ts';
import { isType } from '../fhir/resource.ts';
import { type BuildProblem, compileFsh, type FshSource } from './compile-fsh.ts';
import { errorCodes } from './error-codes.ts';
import { type DutchTexts, withDutchInvariants } from './invariants-in-dutch.ts';
import { profilesPage } from './profiles-page.ts';

export type BuildProfiles = {
  /** The folder that holds profiles/. */
  readonly root: string;
  /** Where the package goes; its older JSON files are removed. */
  readonly out: string;
  /** Where the page that tells the profiles goes (docs/reference/profiles.md); none when absent. */
  readonly page?: string;
};
export type BuiltProfiles = { readonly files: readonly string[]; readonly problems: readonly BuildProblem[] };
export type { BuildProblem };

const packageVersion = '0.1.0';
const fhirVersion = '4.0.1';
const publisher = 'mgn-gateway';

/**
 * Builds the package and tells its files. With any error nothing is written and the problems say where it is.
 * The same sources give the same bytes: no dates, no paths, everything in a fixed order. Asks no network.
 */
export async function buildProfiles({ root, out, page }: BuildProfiles): Promise<BuiltProfiles> {
  const { resources, problems } = await compileFsh(fshSources(join(root, 'profiles/input/fsh')), {
    canonical: canonicalBase,
    version: packageVersion,
    fhirVersion,
  });
  if (problems.some(({ severity }) => severity === 'error')) return { files: [], problems };

  const dutch = parse(dutchText(root)) as DutchTexts;
  const built = [...resources, errorCodes(packageVersion)]
    .map((resource) => ({ ...withDutchInvariants(withoutProse(resource), dutch), publisher }))
    .sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  const files = new Map<string, unknown>([
    ['package.json', manifest],
    ...built.map((it) => [`${it.resourceType}-${it.id}.json`, it] as const),
  ]);
  mkdirSync(out, { recursive: true });
  for (const old of readdirSync(out).filter((name) => name.endsWith('.json'))) rmSync(join(out, old));
  for (const [name, content] of files) writeFileSync(join(out, name), `${JSON.stringify(content, null, 2)}\n`);
  if (page) writeFileSync(page, profilesPage(built));
  return { files: [...files.keys()].sort(), problems };
}

const dutchText = (root: string): string => readFileSync(join(root, 'profiles/input/invariants.nl.yaml'), 'utf8');

/** Over all that a package is built from. It stands beside the sources, so that a stale package is found without a build. */
export const sourcesDigest = (root: string): string =>
  digestOf(JSON.stringify([fshSources(join(root, 'profiles/input/fsh')), dutchText(root), errorCodes(packageVersion)]));

export const digestFile = 'profiles/input/built-from.sha256';

/**
 * Snapshots repeat the prose of R4 at every element, three quarters of the package. What the profile says itself
 * stays in its differential; the definition stays because sdf-3 asks for it.
 */
function withoutProse<T extends { readonly resourceType: string }>(resource: T): T {
  if (!isType(resource, 'StructureDefinition') || !resource.snapshot) return resource;
  const { mapping: _, snapshot, ...rest } = resource;
  const element = snapshot.element.map(({ mapping, comment, requirements, alias, ...kept }) => kept);
  return { ...rest, snapshot: { element } } as unknown as T;
}

const fshSources = (dir: string): FshSource[] => [
  { path: 'generated aliases', text: aliases() },
  ...readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.fsh'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(dir, path), 'utf8') })),
];

const namings = [
  'municipality',
  'task',
  'resource',
  'partner',
  'request-id',
  'trace-id',
  'order-before-selection',
  'test-message',
  'order-without-task',
];

/** The addresses that FSH has to write out; canonical.ts stays the only place that knows the base. */
const aliases = (): string =>
  [
    ...namings.map((name) => [name, mgnNaming(name)]),
    ['conversation-form', `${canonicalBase}/Questionnaire/verkennend-gesprek`],
    ['more-information', `${canonicalBase}/Questionnaire/aanvullende-informatie`],
  ]
    .map(([name, url]) => `Alias: $${name} = ${url}\n`)
    .join('');

/** https://confluence.hl7.org/display/FHIR/NPM+Package+Specification */
const manifest = {
  name: 'mgn.gateway.r4',
  version: packageVersion,
  description: 'Profiles, extensions and code systems of the gateway for mental-health networks',
  author: publisher,
  license: 'Apache-2.0',
  canonical: canonicalBase,
  fhirVersions: [fhirVersion],
  dependencies: { 'hl7.fhir.r4.core': fhirVersion },
  type: 'Conformance',
};
