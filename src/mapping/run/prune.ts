/** Elements that a map created empty: three entries each (element, containing object, property). */
export type Created = unknown[];

/**
 * Removes elements that a map created and no rule filled: FHIR has no empty objects and no empty arrays
 * (https://hl7.org/fhir/R4/json.html#primitive). Inner elements were created later, so that the backward loop empties
 * an outer element before it reaches it.
 */
export function prune(created: Created): void {
  for (let at = created.length - 3; at >= 0; at -= 3) {
    const element = created[at] as object;
    if (!isEmpty(element)) continue;
    const holder = created[at + 1] as Record<string, unknown>;
    const key = created[at + 2] as string;
    const current = holder[key];
    if (Array.isArray(current) && key.startsWith('_')) {
      // Ids and extensions of primitives stay in line with the list of their values.
      current[current.lastIndexOf(element)] = null;
      if (current.every((it) => it === null)) delete holder[key];
    } else if (Array.isArray(current)) {
      // From the end: elements are pruned in reverse order of creation.
      const place = current.lastIndexOf(element);
      if (place >= 0) current.splice(place, 1);
      if (current.length === 0) delete holder[key];
    } else if (current === element) delete holder[key];
  }
}

function isEmpty(value: object): boolean {
  for (const key in value) if (key !== 'resourceType') return false;
  return true;
}
