/** What a map made empty: each with what it stands in and by which property, three entries a time. */
export type Created = unknown[];

/**
 * Takes out the elements that a map made and nothing filled: FHIR has no empty objects and no empty arrays.
 * Inner ones were made later, so going back through the list empties outer ones in time.
 */
export function prune(created: Created): void {
  for (let at = created.length - 3; at >= 0; at -= 3) {
    const made = created[at] as object;
    if (!isEmpty(made)) continue;
    const holder = created[at + 1] as Record<string, unknown>;
    const key = created[at + 2] as string;
    const standing = holder[key];
    if (Array.isArray(standing)) {
      // From the end: what was made last is looked for first.
      const place = standing.lastIndexOf(made);
      if (place >= 0) standing.splice(place, 1);
      if (standing.length === 0) delete holder[key];
    } else if (standing === made) delete holder[key];
  }
}

function isEmpty(value: object): boolean {
  for (const key in value) if (key !== 'resourceType') return false;
  return true;
}
