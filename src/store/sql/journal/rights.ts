import { bitOf, blockOf, resourceKey } from '../keys.ts';

/**
 * What a commit changes of the rights to read, as its entry of the journal has it: the chain covers it, so that rows of
 * `reader` and `reader_since` can be compared with it. Partners by their configured id, resources by their key.
 */
export type EntryRights = {
  /** Readers of what the commit created: a mask for each 32 resources, from the first one on. */
  readonly created?: Readonly<Record<string, readonly number[]>>;
  /** Rights that ended, in all versions: before those in `granted`. */
  readonly ended?: readonly (readonly [partner: string, resource: number])[];
  readonly granted?: readonly (readonly [partner: string, resource: number, since: number])[];
};

type RightsLog = {
  readonly granted: (partner: string, resource: number, since: number) => void;
  readonly ended: (partner: string, resource: number) => void;
  readonly result: () => EntryRights;
};

/** Collects them, in the order in which they take effect, for the entry with this number. */
export function rightsLog(entry: number): RightsLog {
  const first = resourceKey(entry, 0);
  const created: Record<string, number[]> = {};
  const ended: [string, number][] = [];
  let granted: [string, number, number][] = [];
  return {
    granted: (partner, resource, since) => {
      if (resource < first || since > 1 || ended.length) {
        granted.push([partner, resource, since]);
        return;
      }
      created[partner] ??= [];
      const masks = created[partner];
      const block = blockOf(resource - first);
      while (masks.length <= block) masks.push(0);
      masks[block]! += bitOf(resource);
    },
    ended: (partner, resource) => {
      granted = granted.filter((it) => it[0] !== partner || it[1] !== resource);
      ended.push([partner, resource]);
    },
    result: () => ({
      ...(Object.keys(created).length ? { created } : {}),
      ...(ended.length ? { ended } : {}),
      ...(granted.length ? { granted } : {}),
    }),
  };
}
