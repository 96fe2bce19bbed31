import { upperFirst } from '../../fhir/model.ts';
import type { Step } from '../types/step.ts';
import type { Static, Types } from '../types/types.ts';
import { childNode, type Node } from './node.ts';
/** Reads the children of a node that a step leads to. */
export type Read = {
  /** All of them, in order, into `into`. */
  readonly all: (node: Node, into: Node[]) => void;
  /** The JSON property, where there is only one that can hold them. */
  readonly key?: string;
  /** The property with ids and extensions of primitives beside it. */
  readonly sidecar?: string | undefined;
  /** The type of what it finds, where the definition tells. */
  readonly told?: string | undefined;
};

export function reader(owner: Static, step: Step, types: Types): Read {
  if (owner?.every(types.isPrimitive)) return { all: primitiveReader(step) };
  if (step.choice) return { all: choiceReader(step, types) };
  const type = step.types?.length === 1 ? step.types[0] : undefined;
  const key = step.key;
  const sidecar = !type || types.isPrimitive(type) ? `_${key}` : undefined;
  // Resource is a place for any of them: what stands there says what it is.
  const told = type === 'Resource' || type === 'DomainResource' ? undefined : type;
  const all: Read['all'] = (node, into) => {
    const { value } = node;
    if (typeof value !== 'object' || value === null) return;
    const found = (value as Record<string, unknown>)[key];
    const extra = sidecar === undefined ? undefined : (value as Record<string, unknown>)[sidecar];
    if ((found !== undefined && found !== null) || extra !== undefined) spread(node, key, found, extra, told, into);
  };
  return { all, key, sidecar, told };
}

/** `value`, `id` and `extension` of a primitive: its value is itself, the others are in its sidecar. */
export function primitiveReader({ key, types }: Step): Read['all'] {
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

export function choiceReader({ name, types: possible = [] }: Step, types: Types): Read['all'] {
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

/** What a value without a declared type says of itself. */
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
