import { copyDecimalText } from '../fhir/decimal.ts';
import { writeJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Change } from './port.ts';

/** The JSON text of a version as stored, with meta.versionId and meta.lastUpdated set by the store. */
export function resourceText(resource: Resource & { readonly id: string }, version: number, now: Date): string {
  const { resourceType, id, meta, ...elements } = resource;
  const ours = { ...meta, versionId: String(version), lastUpdated: now.toISOString() };
  const written = { resourceType, id, meta: ours, ...elements };
  for (const [key, value] of Object.entries(elements))
    if (typeof value === 'number') copyDecimalText(resource, key, written, key);
  return writeJson(written);
}

export const versionOf = ({ expect }: Change): number => (expect === 'new' ? 1 : expect.version + 1);

/** The text of the version that this change creates. */
export const textOf = (change: Change, now: Date): string =>
  change.text ?? resourceText(change.resource, versionOf(change), now);
