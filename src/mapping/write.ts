import { clone } from '../fhir/clone.ts';
import { copyDecimalText } from '../fhir/decimal.ts';
import { upperFirst } from '../fhir/model.ts';
import { alreadyIs, convertPrimitive } from './convert.ts';
import { childNode, type Node } from './node.ts';
import { countElement, type RulePlace, type Run, report, tellPlace } from './run.ts';
import type { Step } from './step.ts';
import type { TargetListMode } from './syntax/tree.ts';
import { type Static, shortName, type Types } from './types.ts';
import { rememberType } from './xml.ts';

/** The index of a primitive that will stand in an array once it has a value. */
const unplaced = -2;

/** How a value gets into an element of a target. */
export type Writer = {
  /** Puts a copy of `value` there; the new place, or undefined when it does not fit (an issue tells). */
  readonly put: (run: Run, holder: Node, value: Node) => Node | undefined;
  /** Makes an empty element of `type` there, or gives the one that stands there when it does not repeat. */
  readonly make: (run: Run, holder: Node, type: string) => Node;
  /** A primitive that has no value yet; it appears in the output when it gets one, or an extension. */
  readonly reserve: (holder: Node, type: string) => Node;
};

export function writer(owner: Static, step: Step, types: Types, place: RulePlace, mode?: TargetListMode): Writer {
  const keyOf = (type: string | undefined): string =>
    step.choice && type !== undefined ? step.name + upperFirst(type) : step.key;
  const repeats = step.array;
  const only = step.types?.length === 1 && step.types[0] !== 'Resource' ? step.types[0] : undefined;
  const fitting = new Map<string | undefined, string | undefined | false>();
  const typeFor = (found: string | undefined): string | undefined | false => {
    const known = fitting.get(found);
    if (known !== undefined || fitting.has(found)) return known;
    const type = typeIn(step.types, found, types);
    fitting.set(found, type);
    return type;
  };
  const onlyPrimitive = only !== undefined && types.isPrimitive(only);
  const insidePrimitive = owner?.every(types.isPrimitive) === true;

  const put = (run: Run, holder: Node, value: Node): Node | undefined => {
    if (insidePrimitive) return putInPrimitive(run, holder, value);
    const type = value.type !== undefined && value.type === only ? only : typeFor(value.type);
    if (type === false || !hasForm(type, value)) {
      report(
        run,
        'map-value-type-mismatch',
        { found: shortName(value.type ?? typeof value.value), element: step.name, place: tellPlace(place) },
        value,
      );
      return undefined;
    }
    const target = holderOf(holder);
    const key = keyOf(type);
    if (typeof value.value === 'object' && value.value !== null) {
      countElement(run, place);
      return attach(run, holder, target, key, clone(value.value), type ?? value.type);
    }
    const known = type === undefined || (type === value.type && alreadyIs(value.value, type));
    const converted = known ? value.value : convertPrimitive(value.value, type);
    if (converted === undefined && value.value !== undefined) {
      report(run, 'map-cast-failed', { type: type ?? '', place: tellPlace(place) }, value);
      return undefined;
    }
    if (converted === undefined && value.extra === undefined) return undefined;
    const made = childNode(holder, key, -1, undefined, undefined, type ?? value.type);
    setPrimitive(run, made, target, converted, value);
    return made;
  };

  const putInPrimitive = (run: Run, holder: Node, value: Node): Node | undefined => {
    if (step.name === 'value') {
      const converted = convertPrimitive(value.value, holder.type ?? 'string');
      if (converted === undefined) {
        report(run, 'map-cast-failed', { type: holder.type ?? '', place: tellPlace(place) }, value);
        return undefined;
      }
      setPrimitive(run, holder, holderOf(holder.parent!), converted, { ...value, extra: undefined });
      return holder;
    }
    const sidecar = sidecarOf(holder);
    return attach(run, { ...holder, value: sidecar }, sidecar, step.key, clone(value.value), step.types?.[0]);
  };

  const attach = (
    run: Run,
    holder: Node,
    target: Record<string, unknown>,
    key: string,
    made: unknown,
    type: string | undefined,
  ): Node => {
    if (!repeatsAt(target, key)) {
      target[key] = made;
      return childNode(holder, key, -1, made, undefined, type);
    }
    const list = listAt(target, key);
    const at = insertion(run, list, mode);
    if (at === list.length) list.push(made);
    else list.splice(at, 0, made);
    return childNode(holder, key, at, made, undefined, type);
  };

  const repeatsAt = (target: Record<string, unknown>, key: string): boolean => repeats ?? Array.isArray(target[key]);

  const setPrimitive = (run: Run, node: Node, target: Record<string, unknown>, value: unknown, from: Node): void => {
    const { key } = node;
    node.value = value;
    if (node.index === unplaced || (node.index < 0 && repeatsAt(target, key))) {
      const list = listAt(target, key);
      node.index = insertion(run, list, mode);
      if (node.index === list.length) list.push(value ?? null);
      else list.splice(node.index, 0, value ?? null);
      const extras = target[`_${key}`];
      if (Array.isArray(extras)) extras.splice(node.index, 0, null);
    } else if (node.index >= 0) listAt(target, key)[node.index] = value ?? null;
    else if (value !== undefined) target[key] = value;
    if (typeof value === 'number') keepDigits(node, target, from);
    if (from.extra !== undefined) {
      node.extra = clone(from.extra);
      placeSidecar(node, target);
    }
  };

  const make = (run: Run, holder: Node, type: string): Node => {
    countElement(run, place);
    if (insidePrimitive) {
      const sidecar = sidecarOf(holder);
      return created(run, attach(run, { ...holder, value: sidecar }, sidecar, step.key, {}, type));
    }
    const target = holderOf(holder);
    const key = keyOf(type);
    const standing = target[key];
    if (
      !repeatsAt(target, key) &&
      typeof standing === 'object' &&
      standing !== null &&
      (standing as { resourceType?: string }).resourceType === resourceType(type)
    ) {
      return childNode(holder, key, -1, standing, undefined, type);
    }
    return created(run, attach(run, holder, target, key, emptyOf(type), type));
  };

  /** A complex type needs one object, a primitive one none. */
  const hasForm = (type: string | undefined, { value, extra }: Node): boolean => {
    if (Array.isArray(value)) return false;
    if (type === undefined) return true;
    const primitive = type === only ? onlyPrimitive : types.isPrimitive(type);
    return primitive
      ? typeof value !== 'object'
      : typeof value === 'object' || (value === undefined && extra === undefined);
  };

  // Asked for with nearly always the same type: that one is looked up once.
  let kind = { type: '', resource: false, logical: false };
  const kindOf = (type: string): typeof kind => {
    if (kind.type !== type)
      kind = { type, resource: types.model(type)?.kind === 'resource', logical: types.logical(type) !== undefined };
    return kind;
  };
  const resourceType = (type: string): string | undefined => (kindOf(type).resource ? type : undefined);
  const emptyOf = (type: string): object => {
    const empty = kindOf(type).resource ? { resourceType: type } : {};
    if (kindOf(type).logical) rememberType(empty, type);
    return empty;
  };

  const shared = (run: Run, holder: Node, name: string, make: () => Node | undefined): Node | undefined => {
    const object = holderOf(holder);
    const byName = run.shared.get(object) ?? new Map<string, Node>();
    run.shared.set(object, byName);
    const known = byName.get(name);
    const node = known ?? make();
    if (node && !known) byName.set(name, node);
    return node;
  };
  const share = mode === 'single' ? `${place.path}:${place.line}:${place.column}:${step.name}` : undefined;

  return {
    put: share === undefined ? put : (run, holder, value) => shared(run, holder, share, () => put(run, holder, value)),
    make:
      share === undefined ? make : (run, holder, type) => shared(run, holder, share, () => make(run, holder, type))!,
    reserve: (holder, type) => childNode(holder, keyOf(type), repeats ? unplaced : -1, undefined, undefined, type),
  };
}

/** The element that rules with the same `share` name have in common, in one holder. */
export function sharedTarget(run: Run, holder: Node, name: string, make: () => Node): Node {
  const object = holderOf(holder);
  const byName = run.shared.get(object) ?? new Map<string, Node>();
  run.shared.set(object, byName);
  const node = byName.get(name) ?? make();
  byName.set(name, node);
  return node;
}

const created = (run: Run, node: Node): Node => {
  run.created.push(node.value, node.parent!.value, node.key);
  return node;
};

const holderOf = (node: Node): Record<string, unknown> => node.value as Record<string, unknown>;

function listAt(target: Record<string, unknown>, key: string): unknown[] {
  const list = target[key];
  if (Array.isArray(list)) return list;
  const made: unknown[] = list === undefined ? [] : [list];
  target[key] = made;
  return made;
}

/** Puts an element in a list that rules with `first` or `last` keep in order, or that is not one yet; its index. */
export function insert(run: Run, target: Record<string, unknown>, key: string, value: unknown): number {
  const list = listAt(target, key);
  const at = insertion(run, list, undefined);
  list.splice(at, 0, value);
  const extras = target[`_${key}`];
  if (Array.isArray(extras)) extras.splice(at, 0, null);
  return at;
}

/** Where in a list the next element goes: those of `first` stay in front, those of `last` at the end. */
function insertion(run: Run, list: unknown[], mode: TargetListMode | undefined): number {
  if (mode !== 'first' && mode !== 'last' && run.pinned.size === 0) return list.length;
  const pins = run.pinned.get(list) ?? { first: 0, last: 0 };
  run.pinned.set(list, pins);
  if (mode === 'first') return pins.first++;
  if (mode !== 'last') return list.length - pins.last;
  pins.last++;
  return list.length;
}

/** The object that holds id and extensions of a primitive in JSON: `_birthDate`. */
function sidecarOf(node: Node): Record<string, unknown> {
  if (typeof node.extra !== 'object' || node.extra === null) node.extra = {};
  placeSidecar(node, holderOf(node.parent!));
  return node.extra as Record<string, unknown>;
}

function placeSidecar(node: Node, target: Record<string, unknown>): void {
  const key = `_${node.key}`;
  if (node.index < 0) {
    target[key] = node.extra;
    return;
  }
  const values = target[node.key] as unknown[];
  const extras = Array.isArray(target[key]) ? (target[key] as unknown[]) : [];
  while (extras.length < values.length) extras.push(null);
  extras[node.index] = node.extra;
  target[key] = extras;
}

/** 1.00 stays 1.00. */
function keepDigits(node: Node, target: Record<string, unknown>, from: Node): void {
  const holder = from.parent?.value;
  if (typeof holder !== 'object' || holder === null) return;
  const source = from.index < 0 ? holder : (holder as Record<string, unknown>)[from.key];
  if (typeof source !== 'object' || source === null) return;
  const to = node.index < 0 ? target : (target[node.key] as object);
  copyDecimalText(source, from.index < 0 ? from.key : from.index, to, node.index < 0 ? node.key : node.index);
}

/** The type under which a value of type `found` stands in an element of `allowed` types; false when it can't. */
export function typeIn(allowed: Static, found: string | undefined, types: Types): string | undefined | false {
  if (!allowed) return found;
  const only = allowed.length === 1 ? allowed[0] : undefined;
  if (found === undefined) return only !== undefined && only !== 'Resource' ? only : undefined;
  if (allowed.includes(found)) return found;
  const primitive = types.isPrimitive(found);
  if (only !== undefined) {
    if (types.isPrimitive(only)) return primitive ? only : false;
    if (primitive) return false;
    return types.isA(found, only) ? found : types.isA(only, found) || sameStructure(found, only, types) ? only : false;
  }
  if (!primitive) return allowed.find((type) => types.isA(found, type) || types.isA(type, found)) ?? false;
  // A choice without the exact type: the nearest primitive that keeps the value.
  return (
    allowed.find((type) => types.isA(found, type) && types.isPrimitive(type)) ??
    allowed.find((type) => types.isPrimitive(type) && type === 'string') ??
    false
  );
}

/** Backbone elements of the same shape (`Bundle.entry` of two definitions) are known by their elements only. */
function sameStructure(found: string, allowed: string, types: Types): boolean {
  const [a, b] = [types.model(found), types.model(allowed)];
  if (a?.kind !== 'backbone' || b?.kind !== 'backbone') return false;
  return [...a.elements.keys()].every((name) => b.elements.has(name));
}
