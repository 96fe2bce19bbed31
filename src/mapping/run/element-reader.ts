import { upperFirst } from '../../fhir/model.ts';
import type { Step } from '../types/step.ts';
import type { PossibleTypes, Types } from '../types/types.ts';
import { childNode, type Node } from './node.ts';
/** Reads the children of a node for one step of a path. */
export type ElementReader = {
  /** Appends all of them, in order, to `into`. */
  readonly all: (node: Node, into: Node[]) => void;
  /** The JSON property, unless there are several (a choice). */
  readonly key?: string;
  /** The `_` property with ids and extensions of primitives. */
  readonly sidecar?: string | undefined;
  /** The type of the children, where the definition determines it. */
  readonly knownType?: string | undefined;
};

export function elementReader(owner: PossibleTypes, step: Step, types: Types): ElementReader {
  if (owner?.every(types.isPrimitive)) return { all: primitiveReader(step) };
  if (step.choice) return { all: choiceReader(step, types) };
  const type = step.types?.length === 1 ? step.types[0] : undefined;
  const key = step.key;
  const sidecar = !type || types.isPrimitive(type) ? `_${key}` : undefined;
  // An element of type Resource accepts any resource: its resourceType determines the type.
  const declared = type === 'Resource' || type === 'DomainResource' ? undefined : type;
  const all: ElementReader['all'] = (node, into) => {
    const { value } = node;
    if (typeof value !== 'object' || value === null) return;
    const found = (value as Record<string, unknown>)[key];
    const extra = sidecar === undefined ? undefined : (value as Record<string, unknown>)[sidecar];
    if ((found !== undefined && found !== null) || extra !== undefined) spread(node, key, found, extra, declared, into);
  };
  return { all, key, sidecar, knownType: declared };
}

/** `value`, `id` and `extension` of a primitive: `value` is the primitive itself, the others are in its `_` property. */
export function primitiveReader({ key, types }: Step): ElementReader['all'] {
  const type = types?.[0];
  if (key === 'value')
    return (node, into) => {
      if (node.value !== undefined && node.value !== null) into.push({ ...node, extra: undefined });
    };
  return (node, into) => {
    const found = (node.extra as Record<string, unknown> | undefined)?.[key];
    if (found !== undefined) spread(node, key, found, undefined, type, into);
  };
}

export function choiceReader({ name, types: possible = [] }: Step, types: Types): ElementReader['all'] {
  const byKey = new Map(possible.map((type) => [name + upperFirst(type), type]));
  return (node, into) => {
    const { value } = node;
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      const bare = key.startsWith('_') ? key.slice(1) : key;
      const type = byKey.get(bare);
      if (type === undefined) continue;
      if (key !== bare && Object.hasOwn(value, bare)) continue;
      const extra = types.isPrimitive(type) ? (value as Record<string, unknown>)[`_${bare}`] : undefined;
      spread(node, bare, (value as Record<string, unknown>)[bare], extra, type, into);
    }
  };
}

export function spread(
  node: Node,
  key: string,
  found: unknown,
  extra: unknown,
  type: string | undefined,
  into: Node[],
): void {
  if (!Array.isArray(found) && !Array.isArray(extra)) {
    into.push(childNode(node, key, -1, found, extra, type ?? typeOfValue(found)));
    return;
  }
  const [values, extras] = [Array.isArray(found) ? found : [], Array.isArray(extra) ? extra : []];
  for (let at = 0; at < Math.max(values.length, extras.length); at++) {
    const [value, side] = [values[at] ?? undefined, extras[at] ?? undefined];
    if (value !== undefined || side !== undefined)
      into.push(childNode(node, key, at, value, side, type ?? typeOfValue(value)));
  }
}

/** The type of a value without a declared type, from its JSON form. */
export function typeOfValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'decimal';
    default: {
      const type = (value as { resourceType?: unknown } | null | undefined)?.resourceType;
      return typeof type === 'string' ? type : undefined;
    }
  }
}
