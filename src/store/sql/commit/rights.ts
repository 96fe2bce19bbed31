import type { PartnerId } from '../../port.ts';
import { bitOf, blockOf } from '../keys.ts';
import { maskName } from './load.ts';

/** How the right of a partner to read a resource ends up after a group of commits. */
type Right = {
  readonly partner: PartnerId;
  readonly resource: number;
  /** The right of before ended, in all versions. */
  cleared: boolean;
  /** The version from which on it exists again, or newly. */
  since: number | undefined;
};

/** Changes of the rights to read, in the order of the commits. */
export type Rights = {
  readonly has: (partner: PartnerId, resource: number) => boolean;
  /** An existing right stays as it is. */
  readonly give: (partner: PartnerId, resource: number, since: number) => void;
  readonly end: (partner: PartnerId, resource: number) => void;
  /** What changed. */
  readonly changed: () => Iterable<Readonly<Right>>;
};

export function rightsOn(masks: ReadonlyMap<string, number>): Rights {
  const changed = new Map<string, Right>();
  const nameOf = (partner: PartnerId, resource: number) => `${partner}\u001f${resource}`;
  const had = (partner: PartnerId, resource: number): boolean => {
    const mask = masks.get(maskName(partner, blockOf(resource))) ?? 0;
    return Math.floor(mask / bitOf(resource)) % 2 === 1;
  };
  const has = (partner: PartnerId, resource: number): boolean => {
    const now = changed.get(nameOf(partner, resource));
    return now ? now.since !== undefined || (!now.cleared && had(partner, resource)) : had(partner, resource);
  };
  const change = (partner: PartnerId, resource: number): Right => {
    const name = nameOf(partner, resource);
    const right = changed.get(name) ?? { partner, resource, cleared: false, since: undefined };
    changed.set(name, right);
    return right;
  };
  return {
    has,
    give: (partner, resource, since) => {
      if (!has(partner, resource)) change(partner, resource).since = since;
    },
    end: (partner, resource) => {
      const right = change(partner, resource);
      right.cleared = true;
      right.since = undefined;
    },
    changed: () => changed.values(),
  };
}
