import type { ElementDefinition } from '@medplum/fhirtypes';
import { clone } from '../fhir/clone.ts';
import { copyDecimalText } from '../fhir/decimal.ts';

/** Lists to which a differential adds; every other property replaces the value of the base. */
const additive = new Set(['alias', 'condition', 'mapping', 'example', 'extension', 'code']);
/** Properties determined by the place in the snapshot, not by the differential. */
const positional = new Set(['id', 'path', 'base', 'contentReference']);

/** Applies the element of a differential to an element of the base. */
export function mergeElement(element: ElementDefinition, change: ElementDefinition): void {
  const target = element as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(clone(change))) {
    if (positional.has(name)) continue;
    if (name === 'constraint') element.constraint = constraints(element.constraint ?? [], value);
    else if (name === 'binding') element.binding = { ...element.binding, ...value };
    else if (name === 'slicing') element.slicing = { ...element.slicing, ...value };
    else if (additive.has(name) && Array.isArray(value))
      target[name] = [...((target[name] as unknown[]) ?? []), ...value];
    else {
      // A profile may replace a pattern by a fixed value or the reverse; an element has only one of them.
      if (/^(fixed|pattern)[A-Z]/.test(name)) dropOthers(target);
      target[name] = value;
      copyDecimalText(change, name, target, name);
    }
  }
}

const constraints = (
  before: NonNullable<ElementDefinition['constraint']>,
  more: NonNullable<ElementDefinition['constraint']>,
): NonNullable<ElementDefinition['constraint']> => {
  const keys = new Set(more.map(({ key }) => key));
  return [...before.filter(({ key }) => !keys.has(key)), ...more];
};

function dropOthers(element: Record<string, unknown>): void {
  for (const name of Object.keys(element)) if (/^(fixed|pattern)[A-Z]/.test(name)) delete element[name];
}
