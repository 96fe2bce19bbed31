import type { ElementDefinition } from '@medplum/fhirtypes';

/** The value of `fixed[x]`, `pattern[x]`, `minValue[x]` or `maxValue[x]`, with its type as in the property name. */
export function choiceValue(
  element: ElementDefinition,
  prefix: string,
): { readonly value: unknown; readonly type: string } | undefined {
  for (const [name, value] of Object.entries(element))
    if (name.startsWith(prefix) && /^[A-Z]/.test(name.slice(prefix.length)))
      return { value, type: name.slice(prefix.length) };
  return undefined;
}
