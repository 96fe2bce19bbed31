import { isSourceRead, type Lineage, type SourceRead, type WriteRecord } from './lineage.ts';
import { type Node, pathOf, rootName } from './node.ts';
import type { RulePlace } from './rule-place.ts';

/** Origin of one element of the output. Elements below it without a TraceElement of their own share it. */
export type TraceElement = {
  /** FHIRPath in the output. */
  readonly path: string;
  readonly rule: RulePlace;
  /** FHIRPaths in the input of the values that it was built from, or that caused the rule to fire. */
  readonly sources: readonly string[];
  /** Copied whole: each element below it comes from the same path below the source. */
  readonly copied: boolean;
};

export type Trace = {
  readonly elements: readonly TraceElement[];
  /** FHIRPaths of the input values that no rule copied or read. */
  readonly unread: readonly string[];
  /** The rules that fired, and the number of times. */
  readonly fired: readonly { readonly rule: RulePlace; readonly times: number }[];
};

/** Computed when first read: paths are expensive, and most runs are never inspected. */
export function traceOf(
  lineage: Lineage,
  rules: readonly RulePlace[],
  sources: readonly Node[],
  targets: readonly Node[],
): Trace {
  let elements: readonly TraceElement[] | undefined;
  let unread: readonly string[] | undefined;
  return {
    get elements() {
      elements ??= elementsOf(lineage, targets);
      return elements;
    },
    get unread() {
      unread ??= unreadOf(lineage, sources);
      return unread;
    },
    fired: rules.flatMap((rule, at) => (lineage.fired[at]! > 0 ? [{ rule, times: lineage.fired[at]! }] : [])),
  };
}

function elementsOf(lineage: Lineage, targets: readonly Node[]): TraceElement[] {
  const paths = new Map<object, string>();
  for (const target of targets) collectPaths(target.value, rootName(target), paths);
  return lineage.written.flatMap((written): TraceElement[] => {
    const { rule, copied } = written;
    const path = placeOf(written, paths);
    return path === undefined
      ? []
      : [{ path, rule, sources: [...new Set(readsOf(written).map(describeSource))], copied }];
  });
}

const readsOf = ({ sources }: WriteRecord): SourceRead[] =>
  sources.flatMap((it) => (it === undefined ? [] : isSourceRead(it) ? [it] : [{ node: it, path: '' }]));

/**
 * The origin of an element of the output: the rule that wrote it or, failing that, the nearest element above it. Below an
 * element that was copied whole, the sources are the same paths below its source. Undefined when no rule wrote it.
 * Reads the whole trace; for many paths of one trace, use `outputOrigins`.
 */
export const explainOutput = (trace: Trace, path: string): TraceElement | undefined => outputOrigins(trace)(path);

/** The same for many paths of one trace, which is read once: the time of a path depends on its depth alone. */
export function outputOrigins({ elements }: Trace): (path: string) => TraceElement | undefined {
  // Of two writes to the same place the later one produced the value.
  const writes = new Map(elements.map((it) => [it.path, it]));
  return (path) => {
    let above = path;
    for (let end = path.length; end > 0; end = Math.max(above.lastIndexOf('.'), above.lastIndexOf('['))) {
      above = path.slice(0, end);
      const found = writes.get(above);
      if (found) return above === path ? found : originBelow(found, path);
    }
    return undefined;
  };
}

const originBelow = (found: TraceElement, path: string): TraceElement => {
  const below = path.slice(found.path.length);
  return { ...found, path, sources: found.copied ? found.sources.map((source) => source + below) : found.sources };
};

/** The path of each object by identity: its place in a list may have changed since it was written. */
function collectPaths(value: unknown, path: string, paths: Map<object, string>): void {
  if (typeof value !== 'object' || value === null) return;
  paths.set(value, path);
  if (Array.isArray(value)) for (const [at, item] of value.entries()) collectPaths(item, `${path}[${at}]`, paths);
  else for (const [key, member] of Object.entries(value)) collectPaths(member, `${path}.${key}`, paths);
}

/** Undefined for a value that is no longer in the output: pruned or overwritten. */
function placeOf({ value, holder, key, index }: WriteRecord, paths: ReadonlyMap<object, string>): string | undefined {
  if (typeof value === 'object' && value !== null) return paths.get(value);
  const outer = typeof holder === 'object' && holder !== null ? paths.get(holder) : undefined;
  if (outer === undefined) return undefined;
  return index < 0 ? `${outer}.${key}` : `${outer}.${key}[${index}]`;
}

const describeSource = ({ node, path }: SourceRead): string => (path === '' ? pathOf(node) : `${pathOf(node)}.${path}`);

/** Paths of the input values that were neither copied nor read. */
function unreadOf({ written, decided }: Lineage, roots: readonly Node[]): string[] {
  const whole = new Set<unknown>();
  const single = new Map<unknown, Set<string>>();
  const mark = (holder: unknown, key: string): void => {
    const keys = single.get(holder) ?? new Set();
    single.set(holder, keys.add(key));
  };
  // rules of each item of a list may read the same of what is around it
  const read = new Map<unknown, Set<string>>();
  const markRead = ({ node, path }: SourceRead): void => {
    if (path !== '') {
      const paths = read.get(node.value) ?? new Set();
      if (paths.has(path)) return;
      read.set(node.value, paths.add(path));
      markPath(node.value, path.split('.'), mark);
    } else if (typeof node.value !== 'object' && node.parent)
      mark(node.index < 0 ? node.parent.value : listOf(node), node.index < 0 ? node.key : String(node.index));
  };
  for (const each of written) {
    for (const source of readsOf(each)) {
      if (each.copied && typeof source.node.value === 'object') whole.add(source.node.value);
      markRead(source);
    }
  }
  for (const each of decided) markRead(each);
  const unread: string[] = [];
  const visit = (value: unknown, path: string, holder: unknown, key: string): void => {
    if (typeof value !== 'object' || value === null) {
      if (key !== 'resourceType' && value !== null && !single.get(holder)?.has(key)) unread.push(path);
      return;
    }
    if (whole.has(value)) return;
    if (Array.isArray(value))
      for (const [at, item] of value.entries()) visit(item, `${path}[${at}]`, value, String(at));
    else for (const [name, member] of Object.entries(value)) visit(member, `${path}.${name}`, value, name);
  };
  for (const root of roots) visit(root.value, rootName(root), undefined, '');
  return unread;
}

const listOf = (node: Node): unknown => (node.parent?.value as Record<string, unknown> | undefined)?.[node.key];

/** Marks the values at a plain path, through every list along it. */
function markPath(
  value: unknown,
  [step, ...rest]: readonly string[],
  mark: (holder: unknown, key: string) => void,
): void {
  if (step === undefined || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) markPath(item, [step, ...rest], mark);
    return;
  }
  const holder = value as Record<string, unknown>;
  // FHIRPath refers to a choice element by its name without the type.
  const keys =
    step in holder
      ? [step]
      : Object.keys(holder).filter((key) => key.startsWith(step) && /^[A-Z]/.test(key.slice(step.length)));
  for (const key of keys) {
    const member = holder[key];
    if (typeof member !== 'object') mark(holder, key);
    else if (rest.length > 0) markPath(member, rest, mark);
    else if (Array.isArray(member))
      for (const [at, item] of member.entries()) if (typeof item !== 'object') mark(member, String(at));
  }
}
