import { typeModel, typeNames } from '../../fhir/model.ts';

let cached: ReadonlyMap<string, string> | undefined;

/**
 * The FHIRPath of `valueString`, as JSON and many maps write it: `value.ofType(string)`. Undefined for any other name,
 * including one that is also an element in its own right (`effectivePeriod`): there the author must write FHIRPath.
 */
export function choicePath(name: string): string | undefined {
  if (!/[a-z][A-Z]/.test(name)) return undefined;
  cached ??= choicePaths();
  return cached.get(name);
}

function choicePaths(): Map<string, string> {
  const found = new Map<string, string>();
  const plain = new Set<string>();
  for (const name of typeNames()) {
    for (const [property, { element, type }] of typeModel(name)?.properties ?? []) {
      if (element.choice) found.set(property, `${element.name}.ofType(${type})`);
      else plain.add(property);
    }
  }
  for (const name of plain) found.delete(name);
  return found;
}
