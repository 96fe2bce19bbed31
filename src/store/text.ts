import { copyDecimalText } from '../fhir/decimal.ts';
import { writeJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';

/** The JSON text of a version as it is kept: meta.versionId and meta.lastUpdated are the store's. */
export function resourceText(resource: Resource & { readonly id: string }, version: number, now: Date): string {
  const { resourceType, id, meta, ...elements } = resource;
  const ours = { ...meta, versionId: String(version), lastUpdated: now.toISOString() };
  const written = { resourceType, id, meta: ours, ...elements };
  for (const [key, value] of Object.entries(elements))
    if (typeof value === 'number') copyDecimalText(resource, key, written, key);
  return writeJson(written);
}
