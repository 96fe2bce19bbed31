import type { Node } from './node.ts';

/**
 * Takes out the elements that a map made and nothing filled: FHIR has no empty objects and no empty arrays.
 * Inner ones were made later, so going back through the list empties outer ones in time.
 */
export function prune(created: readonly Node[]): void {
  for (let at = created.length - 1; at >= 0; at--) {
    const node = created[at]!;
    if (!isEmpty(node.value as object)) continue;
    const holder = node.parent?.value as Record<string, unknown> | undefined;
    if (!holder) continue;
    const standing = holder[node.key];
    if (Array.isArray(standing)) {
      // From the end: what was made last is looked for first.
      const place = standing.lastIndexOf(node.value);
      if (place >= 0) standing.splice(place, 1);
      if (standing.length === 0) delete holder[node.key];
    } else if (standing === node.value) delete holder[node.key];
  }
}

function isEmpty(value: object): boolean {
  for (const key of Object.keys(value)) if (key !== 'resourceType') return false;
  return true;
}
