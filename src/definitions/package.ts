/**
 * FHIR packages (https://hl7.org/fhir/R4/packages.html): a .tgz, a folder with `package/`, or a folder of JSON files.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Resource } from '../fhir/resource.ts';
import { openDefinitionCache } from './definition-cache.ts';
import { type DefinitionEntry, entryOf } from './definition-entry.ts';
import { readDefinition } from './definition-text.ts';
import { readTgz, type TarFile } from './tar.ts';

export type FhirPackage = {
  readonly name: string;
  readonly version?: string;
  readonly dependencies: Readonly<Record<string, string>>;
  /** Over the content: packages with equal digests have equal definitions. */
  readonly digest: string;
  readonly entries: readonly DefinitionEntry[];
};

type Manifest = { name?: string; version?: string; dependencies?: Record<string, string> };

/** Throws an error that names the path when it is not a package. */
export function readPackage(path: string): FhirPackage {
  if (!existsSync(path)) throw new Error(`${path}: no such package; provide a folder or a .tgz file`);
  return statSync(path).isDirectory() ? fromFolder(path) : fromTgz(path);
}

/** The packages, with their dependencies from the same folder. R4 core is loaded separately. */
export function readPackages(paths: readonly string[]): FhirPackage[] {
  const packages = new Map<string, FhirPackage>();
  const add = (path: string): void => {
    const it = readPackage(path);
    if (packages.has(it.name)) return;
    packages.set(it.name, it);
    for (const [name, version] of Object.entries(it.dependencies)) {
      if (packages.has(name) || name.startsWith('hl7.fhir.r4')) continue;
      const beside = [`${name}-${version}.tgz`, `${name}#${version}`].map((file) => join(dirname(path), file));
      const found = beside.find((file) => existsSync(file));
      if (found) add(found);
    }
  };
  for (const path of paths) add(path);
  return [...packages.values()];
}

function fromTgz(path: string): FhirPackage {
  const bytes = readFileSync(path);
  const digest = createHash('sha256').update(bytes).digest('hex');
  let files: TarFile[] | undefined;
  const unpacked = () => {
    files ??= readTgz(bytes);
    return files;
  };
  const manifestText = () => unpacked().find((file) => file.path === 'package/package.json')?.text ?? '{}';
  const wrap = (resource: Manifest) => ({ resourceType: 'mgn-manifest', url: 'mgn:manifest', ...resource });
  const read = () => [
    wrap(JSON.parse(manifestText()) as Manifest) as unknown as Resource,
    ...definitionsIn(unpacked().filter((file) => /^package\/[^/]+\.json$/.test(file.path))),
  ];
  const [manifest, ...entries] = openDefinitionCache(`package-${digest.slice(0, 16)}`, () => {
    try {
      return read();
    } catch (error) {
      throw new Error(`${path}: not a FHIR package: ${(error as Error).message}`);
    }
  });
  return packageOf(path, manifest?.read() as Manifest, digest, entries);
}

function fromFolder(path: string): FhirPackage {
  const folder = existsSync(join(path, 'package')) ? join(path, 'package') : path;
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .sort()
    .map((name) => ({ path: name, text: readFileSync(join(folder, name), 'utf8') }));
  const manifest = files.find((file) => file.path === 'package.json')?.text ?? '{}';
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.path}\0${file.text}\0`);
  const entries = definitionsIn(files).flatMap((resource) => entryOf(resource) ?? []);
  return packageOf(path, JSON.parse(manifest) as Manifest, hash.digest('hex'), entries);
}

const packageOf = (
  path: string,
  manifest: Manifest,
  digest: string,
  entries: readonly DefinitionEntry[],
): FhirPackage => ({
  name: manifest.name ?? path,
  ...(manifest.version ? { version: manifest.version } : {}),
  dependencies: manifest.dependencies ?? {},
  digest,
  entries,
});

function definitionsIn(files: readonly TarFile[]): Resource[] {
  return files
    .filter((file) => !file.path.endsWith('package.json'))
    .flatMap((file) => {
      try {
        const it = readDefinition(file.text) as Resource;
        return typeof it?.resourceType === 'string' ? [it] : [];
      } catch {
        throw new Error(`${file.path} in the package is not JSON`);
      }
    });
}
