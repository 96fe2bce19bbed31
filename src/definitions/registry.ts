/** Definitions by canonical url and version (https://hl7.org/fhir/R4/references.html#canonical). Immutable. */
import { createHash } from 'node:crypto';
import type { CodeSystem, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import { decimalText, hasDecimalTexts } from '../fhir/decimal.ts';
import type { Resource } from '../fhir/resource.ts';
import { coreDefinitions } from './core.ts';
import { type DefinitionEntry, entryOf } from './definition-entry.ts';
import { readPackages } from './package.ts';

type TypedDefinitions = { StructureDefinition: StructureDefinition; ValueSet: ValueSet; CodeSystem: CodeSystem };

export type Definitions = {
  /** By canonical (`url` or `url|version`); without a version the newest. Undefined when it is not loaded. */
  readonly find: <T extends string>(
    resourceType: T,
    canonical: string,
  ) => (T extends keyof TypedDefinitions ? TypedDefinitions[T] : Resource) | undefined;
  readonly entries: (resourceType: string) => readonly DefinitionEntry[];
  /** Over all loaded definitions; stored decisions refer to it. */
  readonly digest: string;
  /** These definitions with others over them; for the same url the overlay wins. */
  readonly with: (resources: readonly Resource[]) => Definitions;
};

/** R4 core, the packages (folders or .tgz) and the definitions; later ones override earlier ones. */
export function openDefinitions(
  options: { readonly packages?: readonly string[]; readonly definitions?: readonly Resource[] } = {},
): Definitions {
  const core = coreDefinitions();
  const packages = readPackages(options.packages ?? []);
  const layers = [core.entries, ...packages.map((it) => it.entries)];
  const base = registry(layers, undefined, digestOf([core.key, ...packages.map((it) => it.digest)]));
  return options.definitions?.length ? base.with(options.definitions) : base;
}

const digestOf = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);

/** The numbers that JavaScript would print differently. Not recursive: a definition may be nested thousands of levels deep. */
function digitsIn(resource: Resource): string {
  const pending: object[] = [resource];
  let digits = '';
  for (let it = pending.pop(); it !== undefined; it = pending.pop()) {
    if (hasDecimalTexts(it)) for (const key of Object.keys(it)) digits += decimalText(it, key) ?? '';
    for (const member of Object.values(it)) if (typeof member === 'object' && member !== null) pending.push(member);
  }
  return digits;
}

function registry(
  layers: readonly (readonly DefinitionEntry[])[],
  under: Definitions | undefined,
  digest: string,
): Definitions {
  const byType = new Map<string, Map<string, DefinitionEntry[]>>();
  for (const entry of layers.flat()) {
    const ofType = byType.get(entry.resourceType) ?? new Map<string, DefinitionEntry[]>();
    byType.set(entry.resourceType, ofType);
    const same = ofType.get(entry.url);
    if (same) same.push(entry);
    else ofType.set(entry.url, [entry]);
  }
  // Called for every code of a message, so a miss must be fast.
  const find = (resourceType: string, canonical: string): Resource | undefined => {
    const bar = canonical.indexOf('|');
    const url = bar < 0 ? canonical : canonical.slice(0, bar);
    const all = byType.get(resourceType)?.get(url);
    const found = all && versionOrNewest(all, bar < 0 ? undefined : canonical.slice(bar + 1));
    return found ? found.read() : under?.find(resourceType, canonical);
  };
  const self: Definitions = {
    find: find as Definitions['find'],
    entries: (resourceType) => [
      ...(under?.entries(resourceType) ?? []),
      ...[...(byType.get(resourceType)?.values() ?? [])].flat(),
    ],
    digest,
    with: (resources) =>
      registry(
        [resources.flatMap((it) => entryOf(it) ?? [])],
        self,
        digestOf([digest, ...resources.map((it) => JSON.stringify(it) + digitsIn(it))]),
      ),
  };
  return self;
}

function versionOrNewest(
  entries: readonly DefinitionEntry[],
  version: string | undefined,
): DefinitionEntry | undefined {
  if (version !== undefined) return entries.findLast((it) => it.version === version);
  return entries.reduce<DefinitionEntry | undefined>(
    (best, it) => (best && compareVersions(best.version, it.version) > 0 ? best : it),
    undefined,
  );
}

/** Compares numerically; a pre-release (`1.0.0-beta`) precedes its release. */
export function compareVersions(one = '', other = ''): number {
  const [a, b] = [one, other].map((it) => it.split('-')[0]!.split('.'));
  for (let i = 0; i < Math.max(a!.length, b!.length); i++) {
    const difference = Number(a![i] ?? 0) - Number(b![i] ?? 0);
    if (difference) return difference;
  }
  return Number(other.includes('-')) - Number(one.includes('-'));
}
