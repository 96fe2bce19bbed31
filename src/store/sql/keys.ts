/**
 * Keys that follow the order of the journal, so that new rows of a table come together at its end. A commit is an entry
 * of the journal; what it creates is numbered under it.
 */

/**
 * Keys of resources, of dispatches and of audit events that the number of an entry has. A larger entry takes the numbers
 * that follow it too, so that its keys are those of no other: see `numbersOf`.
 */
const itemsPerEntry = 4_096;

/** How many numbers an entry takes that has at most this many resources, dispatches or audit events. */
export const numbersOf = (items: number): number => Math.max(1, Math.ceil(items / itemsPerEntry));

export const resourceKey = (entry: number, position: number): number => entry * itemsPerEntry + position;

export const dispatchKey = (entry: number, position: number): number => entry * itemsPerEntry + position;

/** Order of an audit event in the trail. */
export const auditSeq = (entry: number, position: number): number => entry * itemsPerEntry + position;

/** A number of the entry of an audit event: its first one, or one that follows it. */
export const numberOfAudit = (seq: number): number => Math.floor(seq / itemsPerEntry);

/**
 * Readers are stored for a block of 32 resources at a time: one bit for each. `block` of a resource, and its bit in the
 * mask.
 */
export const blockOf = (resource: number): number => Math.floor(resource / 32);
export const bitOf = (resource: number): number => 2 ** (resource % 32);

export const isSet = (mask: number, resource: number): boolean => Math.floor(mask / bitOf(resource)) % 2 === 1;

/** SQL: the block of the resource with key `key`. */
export const blockIn = (key: string): string => `${key} / 32`;

/** SQL: whether the bit of the resource with key `key` is set in `mask`. */
export const isInMask = (mask: string, key: string): string => `(${mask} >> cast(${key} % 32 as int)) & 1 = 1`;

/**
 * A reference as a key of an index: `Task/1` becomes `1/Task`, so that the references to what one message created (ids
 * begin with their time) lie together. Anything but `Type/id` stays.
 */
export function referenceKey(reference: string): string {
  const parts = reference.split('/');
  return parts.length === 2 ? `${parts[1]}/${parts[0]}` : reference;
}
