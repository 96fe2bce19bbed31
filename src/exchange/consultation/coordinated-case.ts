import type { Task } from '@medplum/fhirtypes';
import type { Network } from '../../directory/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Change, Guard } from '../../store/port.ts';
import { ownerOf } from '../memory/actors.ts';
import type { Incoming } from '../pipeline/kind.ts';
import type { ConsultationCase } from './case.ts';

/** A case with an existing consultation. */
export type CoordinatedCase = ConsultationCase & { readonly consultation: Task & Identified };

/**
 * The case, for the coordinator of its consultation. Refuses any other sender (`consultation-coordinator-only`),
 * whether the consultation exists or not.
 */
export function coordinatedCaseOf(
  network: Network,
  { partner }: Incoming,
  consultationCase: ConsultationCase | undefined,
): Result<CoordinatedCase> {
  if (!consultationCase?.consultation || ownerOf(network, consultationCase.consultation) !== partner.id)
    return failure(issue('consultation-coordinator-only', {}));
  return success(consultationCase as CoordinatedCase);
}

/** Next version of a stored resource. */
export function nextVersion<T extends Identified>(resource: T, at: Date): T {
  const versionId = String(Number(resource.meta?.versionId) + 1);
  return { ...resource, meta: { ...resource.meta, versionId, lastUpdated: at.toISOString() } };
}

export const changeTo = (resource: Identified): Change => ({
  resource,
  expect: { version: Number(resource.meta?.versionId) - 1 },
  readers: [],
});

/** Guards the commit against a change of this resource after it was read. */
export const guardOf = ({ resourceType, id, meta }: Identified): Guard => ({
  type: resourceType,
  id,
  version: Number(meta?.versionId),
});
