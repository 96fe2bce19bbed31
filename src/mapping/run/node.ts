/**
 * A place in a source or target tree. `value` is FHIR JSON; a primitive's id and extensions (`_name` in JSON) are in `extra`.
 * The path is derived from the parents when an issue or a trace requires it: until then it costs one pointer.
 */
export type Node = {
  value: unknown;
  extra: unknown;
  /** Name of the type, where known. */
  readonly type: string | undefined;
  readonly parent: Node | undefined;
  /** The JSON property of the parent that contains it (`valueString`); empty for a root. */
  readonly key: string;
  /** Its index in that property when it repeats, otherwise -1. */
  index: number;
  /** Of a number that was computed: its digits, where JavaScript would print others. */
  readonly text?: string | undefined;
};

export const rootNode = (value: unknown, type: string | undefined): Node => ({
  value,
  extra: undefined,
  type,
  parent: undefined,
  key: '',
  index: -1,
});

export const childNode = (
  parent: Node,
  key: string,
  index: number,
  value: unknown,
  extra: unknown,
  type: string | undefined,
): Node => ({ value, extra, type, parent, key, index });

/** FHIRPath of names and indexes from the root: `Bundle.entry[3].resource.status`. */
export function pathOf(node: Node): string {
  const steps: string[] = [];
  let at: Node = node;
  for (; at.parent; at = at.parent) {
    if (at.key) steps.push(at.index < 0 ? at.key : `${at.key}[${at.index}]`);
  }
  steps.push(rootName(at));
  return steps.reverse().join('.');
}

export function rootName({ value, type }: Node): string {
  const named = (value as { resourceType?: unknown } | null | undefined)?.resourceType;
  return typeof named === 'string' ? named : (type?.replace(/^.*\//, '') ?? '$this');
}
