import { createHash } from 'node:crypto';
import { clone } from '../../fhir/clone.ts';
import { referencesIn } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import { type DirectorySource, replicatedTypes } from './source.ts';

const types: ReadonlySet<string> = new Set(replicatedTypes);

/**
 * The local id of a replicated resource. The prefix prevents a source from replacing resources of the network or of
 * another source.
 */
export function localId(source: string, id: string): string {
  const plain = `${source}.${id}`;
  return plain.length <= 64 ? plain : `${source}.${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}

/** A replicated resource with a local id, local references to other replicated types, and its origin in meta.source. */
export function adopt(
  resource: Resource & { readonly id: string },
  source: DirectorySource,
): Resource & { id: string } {
  const copy = clone(resource) as Resource & { id: string };
  copy.id = localId(source.id, resource.id);
  const { versionId: _, ...meta } = copy.meta ?? {};
  copy.meta = { ...meta, source: `${source.address}/${resource.resourceType}/${resource.id}` };
  for (const { text, set } of referencesIn(copy)) {
    const local = localReference(text, source);
    if (local) set(local);
  }
  return copy;
}

function localReference(reference: string | undefined, { id: source, address }: DirectorySource): string | undefined {
  if (!reference) return undefined;
  const relative = reference.startsWith(`${address}/`) ? reference.slice(address.length + 1) : reference;
  const found = /^([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(relative);
  const [, type = '', id = ''] = found ?? [];
  return types.has(type) ? `${type}/${localId(source, id)}` : undefined;
}
