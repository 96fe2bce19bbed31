import type { ElementDefinition } from '@medplum/fhirtypes';

/** Lists to which a differential adds; of everything else it tells the new value. */
const added = new Set(['alias', 'condition', 'mapping', 'example', 'extension', 'code']);
/** What the place in the snapshot says, not the differential. */
const placed = new Set(['id', 'path', 'base', 'contentReference']);

/** Changes `element` as the element of a differential asks. */
export function mergeElement(element: ElementDefinition, change: ElementDefinition): void {
  const target = element as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(structuredClone(change))) {
    if (placed.has(name)) continue;
    if (name === 'constraint') element.constraint = constraints(element.constraint ?? [], value);
    else if (name === 'binding') element.binding = { ...element.binding, ...value };
    else if (name === 'slicing') element.slicing = { ...element.slicing, ...value };
    else if (added.has(name) && Array.isArray(value)) target[name] = [...((target[name] as unknown[]) ?? []), ...value];
    else {
      // A profile may turn a pattern into a fixed value, or the other way round; only one of them can stand.
      if (/^(fixed|pattern)[A-Z]/.test(name)) dropOthers(target);
      target[name] = value;
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
