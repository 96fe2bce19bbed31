/** Resources of the placer, with versions. All changes go through commit, which is all or nothing. */
import type { Resource } from '@medplum/fhirtypes';

export interface Change {
  resource: Resource;
  ifMatch?: string | undefined;
}

export type Listener = (resource: Resource, created: boolean) => void;

export interface Store {
  base: string;
  resources: Map<string, Resource>;
  /** Statuses that each resource has had, oldest first. */
  statuses: Map<string, string[]>;
  listeners: Listener[];
}

export class Conflict extends Error {}

export const newStore = (base: string): Store => ({ base, resources: new Map(), statuses: new Map(), listeners: [] });

export const keyOf = (resource: { resourceType: string; id?: string | undefined }): string =>
  `${resource.resourceType}/${resource.id}`;
export const etag = (resource: Resource): string => `W/"${resource.meta?.versionId}"`;

/** A reference to this server as Type/id, or undefined when it points elsewhere. */
export function localKey(store: Store, reference: string | undefined): string | undefined {
  if (!reference) return undefined;
  const relative = reference.startsWith(`${store.base}/`) ? reference.slice(store.base.length + 1) : reference;
  return /^[A-Za-z]+\/[A-Za-z0-9.-]+$/.test(relative) ? relative : undefined;
}

export function read<T extends Resource = Resource>(store: Store, key: string): T | undefined {
  const found = store.resources.get(key);
  return found ? (structuredClone(found) as T) : undefined;
}

export function list<T extends Resource>(store: Store, type: T['resourceType']): T[] {
  return [...store.resources.values()]
    .filter((resource) => resource.resourceType === type)
    .map((resource) => structuredClone(resource) as T);
}

/** Check every version first, then write everything, then tell the listeners. */
export function commit(store: Store, changes: Change[]): Resource[] {
  for (const change of changes) {
    const current = store.resources.get(keyOf(change.resource));
    if (change.ifMatch !== undefined && (!current || etag(current) !== change.ifMatch))
      throw new Conflict(`${keyOf(change.resource)} is no longer at version ${change.ifMatch}`);
  }
  const now = new Date().toISOString();
  const written = changes.map((change) => {
    const current = store.resources.get(keyOf(change.resource));
    const versionId = String(Number(current?.meta?.versionId ?? 0) + 1);
    const resource = structuredClone(change.resource);
    resource.meta = { ...resource.meta, versionId, lastUpdated: now };
    if (resource.resourceType === 'Task') resource.lastModified = now;
    store.resources.set(keyOf(resource), resource);
    const { status } = resource as { status?: string };
    if (status) store.statuses.set(keyOf(resource), [...(store.statuses.get(keyOf(resource)) ?? []), status]);
    return { resource, created: !current };
  });
  for (const { resource, created } of written)
    for (const listener of store.listeners) listener(structuredClone(resource), created);
  return written.map(({ resource }) => structuredClone(resource));
}
