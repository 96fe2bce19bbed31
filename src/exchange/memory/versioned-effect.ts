import type { Task } from '@medplum/fhirtypes';
import type { Network } from '../../directory/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import type { Change } from '../../store/port.ts';
import type { Effect } from '../../workflow/index.ts';
import { ownerOf } from './actors.ts';

/** An effect of a move, with the `meta` under which it will be stored. */
export type VersionedEffect = Omit<Effect, 'resource'> & { readonly resource: Identified };

export const versionOf = ({ meta }: Identified): number => Number(meta?.versionId);

/** An effect with the version under which it will be stored: the one after the version that was read. */
export function versioned(effect: Effect, at: Date): VersionedEffect {
  const { resource, isNew } = effect;
  const versionId = String(isNew ? 1 : Number(resource.meta?.versionId ?? 0) + 1);
  const meta = { ...resource.meta, versionId, lastUpdated: at.toISOString() };
  return { ...effect, resource: { ...resource, meta } as Identified };
}

export function changeFor(
  { network }: { readonly network: Network },
  { resource, isNew }: VersionedEffect,
  mover: string,
): Change {
  if (!isNew) return { resource, expect: { version: versionOf(resource) - 1 }, readers: [] };
  const owner = isType(resource, 'Task') ? ownerOf(network, resource as Task) : undefined;
  return { resource, expect: 'new', readers: [...new Set([mover, ...(owner ? [owner] : [])])] };
}
