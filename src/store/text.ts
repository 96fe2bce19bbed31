import { copyDecimalText } from '../fhir/decimal.ts';
import { writeJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';

/** The JSON text of a version as stored, with meta.versionId and meta.lastUpdated set by the store. */
export function resourceText(resource: Resource & { readonly id: string }, version: number, now: Date): string {
  const { resourceType, id, meta, ...elements } = resource;
  const ours = { ...meta, versionId: String(version), lastUpdated: now.toISOString() };
  const written = { resourceType, id, meta: ours, ...elements };
  for (const [key, value] of Object.entries(elements))
    if (typeof value === 'number') copyDecimalText(resource, key, written, key);
  return writeJson(written);
}
