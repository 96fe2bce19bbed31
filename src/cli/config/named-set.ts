import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConfigurationSet,
  complete,
  lastUse,
  type Part,
  parts,
  readFolders,
  readPart,
  storedSet,
} from '../../configuration/index.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { foldersOf } from '../../main/open-configuration.ts';
import { demoNetwork } from '../../main.ts';
import type { Store } from '../../store/port.ts';

/** The set in force in a store; in a new store, that of the product's own folders. */
export async function setInForce(store: Store): Promise<Result<ConfigurationSet>> {
  const use = await lastUse(store);
  return use ? storedSet(store, use.digest) : readFolders(foldersOf({ network: demoNetwork }));
}

/** The set named by an argument: a folder, completed from the set in force, or a stored set. */
export async function namedSet(store: Store, name: string): Promise<Result<ConfigurationSet>> {
  if (!existsSync(name) || !statSync(name).isDirectory()) return storedSet(store, name);
  const [given, base] = [await partsIn(name), await setInForce(store)];
  return given.ok && base.ok ? success(complete(given.value, base.value)) : failure(...given.issues, ...base.issues);
}

/** The files of the parts present in a folder. */
export async function partsIn(folder: string): Promise<Awaited<ReturnType<typeof readPart>>> {
  const there = parts.flatMap((part): (readonly [Part, string])[] => {
    const found = candidates[part].map((it) => join(folder, it)).find((it) => existsSync(it));
    return found ? [[part, found]] : [];
  });
  if (there.length === 0)
    return failure(issue('config-unreadable', { file: join(folder, 'mappings'), problem: 'ENOENT' }));
  const read = await Promise.all(there.map(([part, at]) => readPart(part, at)));
  const issues = read.flatMap((it) => it.issues);
  return issues.length ? failure(...issues) : success(read.flatMap((it) => (it.ok ? it.value : [])));
}

/** Locations of the parts in a folder: as in a set, or as in the product. */
const candidates: Readonly<Record<Part, readonly string[]>> = {
  network: ['network', 'examples/network'],
  mappings: ['mappings'],
  profiles: ['profiles/package', 'profiles'],
};
