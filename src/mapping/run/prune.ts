/** Elements that a map created empty: three entries each (element, containing object, property). */
export type Created = unknown[];

/**
 * Removes elements that a map created and no rule filled: FHIR has no empty objects and no empty arrays
 * (https://hl7.org/fhir/R4/json.html#primitive). Inner elements were created later, so that the backward loop empties
 * an outer element before it reaches it.
 */
export function prune(created: Created): void {
  for (let at = created.length - 3; at >= 0; at -= 3) {
    const made = created[at] as object;
    if (!isEmpty(made)) continue;
    const holder = created[at + 1] as Record<string, unknown>;
    const key = created[at + 2] as string;
    const standing = holder[key];
    if (Array.isArray(standing)) {
      // From the end: elements are pruned in reverse order of creation.
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
