/** FHIR packages that somebody has (https://hl7.org/fhir/R4/packages.html): archives and unpacked folders, with the examples in them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { compareVersions } from '../../src/definitions/registry.ts';
import { readTgz, type TarFile } from '../../src/definitions/tar.ts';

export type Guide = {
  /** Archive or folder, as `openValidator` accepts it. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  /** Releases of FHIR that the manifest states; empty when it states none. */
  readonly fhirVersions: readonly string[];
};

type Manifest = {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly fhirVersions?: readonly string[];
  readonly 'fhir-version-list'?: readonly string[];
};

type Found = { readonly guides: readonly Guide[]; readonly unreadable: readonly string[] };

/** Every package in the folder and its folders; those that cannot be read, with the reason. */
export function guidesIn(folder: string): Found {
  const guides: Guide[] = [];
  const unreadable: string[] = [];
  for (const path of packagesBelow(folder)) {
    try {
      guides.push(guideAt(path));
    } catch (error) {
      unreadable.push(`${relative(folder, path) || basename(path)}: ${(error as Error).message}`);
    }
  }
  return { guides: guides.sort((a, b) => nameOf(a).localeCompare(nameOf(b))), unreadable };
}

export const nameOf = ({ name, version }: Guide): string => `${name}#${version}`;

const isArchive = (path: string): boolean => /\.(?:tgz|tar\.gz)$/.test(path);

function packagesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return isArchive(path) ? [path] : [];
  if (existsSync(join(path, 'package.json')) || existsSync(join(path, 'package/package.json'))) return [path];
  return readdirSync(path).flatMap((name) => packagesBelow(join(path, name)));
}

function guideAt(path: string): Guide {
  const text = filesOf(path).find((file) => file.path === 'package.json')?.text;
  if (text === undefined) throw new Error('it has no package/package.json');
  const { name, version, dependencies = {}, ...rest } = JSON.parse(text) as Manifest;
  if (typeof name !== 'string') throw new Error('its package.json has no name');
  return {
    path,
    name,
    version: typeof version === 'string' ? version : 'no version',
    dependencies,
    fhirVersions: rest.fhirVersions ?? rest['fhir-version-list'] ?? [],
  };
}

/** The JSON and XML files of a package, with paths below its folder `package`. */
export function filesOf(path: string): TarFile[] {
  if (!statSync(path).isDirectory())
    return readTgz(readFileSync(path))
      .map((file) => ({ ...file, path: file.path.replace(/^package\//, '') }))
      .filter((file) => isResourceFile(file.path));
  const folder = existsSync(join(path, 'package/package.json')) ? join(path, 'package') : path;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter(isResourceFile)
    .sort()
    .map((name) => ({ path: name, text: readFileSync(join(folder, name), 'utf8') }));
}

const isResourceFile = (path: string): boolean => /\.(?:json|xml)$/.test(path) && !/(?:^|\/)\.index\.json$/.test(path);

export type Dependencies = { readonly found: readonly Guide[]; readonly absent: readonly string[] };

/** The packages that a guide depends on, directly or not, among `all`; R4 core is in the validator. Never another version. */
export function dependenciesOf(guide: Guide, all: readonly Guide[]): Dependencies {
  const found = new Map<string, Guide>();
  const absent = new Set<string>();
  const add = ({ dependencies }: Guide): void => {
    for (const [name, version] of Object.entries(dependencies)) {
      if (name.startsWith('hl7.fhir.r4.') || found.has(name) || name === guide.name) continue;
      const it = all.filter((other) => other.name === name && isVersion(other.version, version)).sort(newestFirst)[0];
      if (it) {
        found.set(name, it);
        add(it);
      } else absent.add(`${name}#${version}`);
    }
  };
  add(guide);
  return { found: [...found.values()], absent: [...absent] };
}

/** A dependency may state `5.0.x`: any patch of 5.0. */
const isVersion = (version: string, stated: string): boolean =>
  stated.endsWith('.x') ? version.startsWith(stated.slice(0, -1)) : version === stated;

const newestFirst = (a: Guide, b: Guide): number => compareVersions(b.version, a.version);
