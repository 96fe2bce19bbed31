import { clone } from '../../fhir/clone.ts';
import { upperFirst } from '../../fhir/model.ts';
import type { TargetListMode } from '../syntax/tree.ts';
import { acceptedType } from '../types/accepted-type.ts';
import { convertPrimitive, hasJsonForm, isTextType } from '../types/convert.ts';
import type { Step } from '../types/step.ts';
import { type PossibleTypes, shortName, type Types } from '../types/types.ts';
import { rememberType } from './created-types.ts';
import { insertion, listAt } from './lists.ts';
import { childNode, type Node } from './node.ts';
import { describePlace, type RulePlace } from './rule-place.ts';
import { countElement, type Run, report } from './run.ts';
import {
  containerOf,
  holderOf,
  keepDigits,
  placeInList,
  placeSidecar,
  sidecarOf,
  unplaced,
  writtenNumber,
} from './sidecars.ts';

/** Writes values to one element of a target. */
export type Writer = {
  /** Writes a copy of `value` and returns its node; undefined, with an issue, when it does not fit. */
  readonly put: (run: Run, holder: Node, value: Node) => Node | undefined;
  /** Creates an empty element of `type`, or returns the existing one when the element does not repeat. */
  readonly create: (run: Run, holder: Node, type: string) => Node;
  /** A primitive without a value; it enters the output when it receives a value or an extension. */
  readonly reserve: (holder: Node, type: string) => Node;
};

export function writer(
  owner: PossibleTypes,
  step: Step,
  types: Types,
  place: RulePlace,
  mode?: TargetListMode,
): Writer {
  const keyOf = (type: string | undefined): string =>
    step.choice && type !== undefined ? step.name + upperFirst(type) : step.key;
  const repeats = step.array;
  const only = step.types?.length === 1 && step.types[0] !== 'Resource' ? step.types[0] : undefined;
  const fitting = new Map<string | undefined, string | undefined | false>();
  const typeFor = (found: string | undefined): string | undefined | false => {
    const cached = fitting.get(found);
    if (cached !== undefined || fitting.has(found)) return cached;
    const type = acceptedType(step.types, found, types);
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
        { found: shortName(value.type ?? typeof value.value), element: step.name, place: describePlace(place) },
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
    const cached = type === undefined || (type === value.type && hasJsonForm(value.value, type));
    const converted = cached ? value.value : converting(value, type);
    if (converted === undefined && value.value !== undefined) {
      report(run, 'map-cast-failed', { type: type ?? '', place: describePlace(place) }, value);
      return undefined;
    }
    if (converted === undefined && value.extra === undefined) return undefined;
    const element = childNode(holder, key, -1, undefined, undefined, type ?? value.type);
    setPrimitive(run, element, target, converted, value);
    return element;
  };

  const putInPrimitive = (run: Run, holder: Node, value: Node): Node | undefined => {
    if (step.name === 'value') {
      const converted = converting(value, holder.type ?? 'string');
      if (converted === undefined) {
        report(run, 'map-cast-failed', { type: holder.type ?? '', place: describePlace(place) }, value);
        return undefined;
      }
      setPrimitive(run, holder, containerOf(run, holder), converted, { ...value, extra: undefined });
      return holder;
    }
    const sidecar = sidecarOf(run, holder);
    return attach(run, { ...holder, value: sidecar }, sidecar, step.key, clone(value.value), step.types?.[0]);
  };

  const attach = (
    run: Run,
    holder: Node,
    target: Record<string, unknown>,
    key: string,
    element: unknown,
    type: string | undefined,
  ): Node => {
    if (!repeatsAt(target, key)) {
      target[key] = element;
      return childNode(holder, key, -1, element, undefined, type);
    }
    const list = listAt(target, key);
    const at = insertion(run, list, mode);
    if (at === list.length) list.push(element);
    else list.splice(at, 0, element);
    return childNode(holder, key, at, element, undefined, type);
  };

  const repeatsAt = (target: Record<string, unknown>, key: string): boolean => repeats ?? Array.isArray(target[key]);

  const setPrimitive = (run: Run, node: Node, target: Record<string, unknown>, value: unknown, from: Node): void => {
    const { key } = node;
    node.value = value;
    if (node.index === unplaced || (node.index < 0 && repeatsAt(target, key))) {
      const list = placeInList(run, node, target, mode);
      list[node.index] = value ?? null;
    } else if (node.index >= 0) listAt(target, key)[node.index] = value ?? null;
    else if (value !== undefined) target[key] = value;
    if (typeof value === 'number') keepDigits(node, target, from);
    if (from.extra !== undefined) {
      node.extra = clone(from.extra);
      placeSidecar(node, target);
    }
  };

  const create = (run: Run, holder: Node, type: string): Node => {
    countElement(run, place);
    if (insidePrimitive) {
      const sidecar = sidecarOf(run, holder);
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

  /** A complex type requires one object, a primitive type none. */
  const hasForm = (type: string | undefined, { value, extra }: Node): boolean => {
    if (Array.isArray(value)) return false;
    if (type === undefined) return true;
    const primitive = type === only ? onlyPrimitive : types.isPrimitive(type);
    return primitive
      ? typeof value !== 'object'
      : typeof value === 'object' || (value === undefined && extra === undefined);
  };

  // Nearly every call has the same type: cache the last one.
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

  const shared = (run: Run, holder: Node, name: string, create: () => Node | undefined): Node | undefined => {
    const object = holderOf(holder);
    const byName = run.shared.get(object) ?? new Map<string, Node>();
    run.shared.set(object, byName);
    const cached = byName.get(name);
    const node = cached ?? create();
    if (node && !cached) byName.set(name, node);
    return node;
  };
  const share = mode === 'single' ? `${place.path}:${place.line}:${place.column}:${step.name}` : undefined;

  return {
    put: share === undefined ? put : (run, holder, value) => shared(run, holder, share, () => put(run, holder, value)),
    create:
      share === undefined
        ? create
        : (run, holder, type) => shared(run, holder, share, () => create(run, holder, type))!,
    reserve: (holder, type) => childNode(holder, keyOf(type), repeats ? unplaced : -1, undefined, undefined, type),
  };
}

/** A number becomes the text that was written, never that of JavaScript: 1.10, not 1.1. */
const converting = (value: Node, type: string): unknown =>
  convertPrimitive(isTextType(type) ? (writtenNumber(value) ?? value.value) : value.value, type);

/** The element that rules with the same `share` name have in common, within one parent. */
export function sharedTarget(run: Run, holder: Node, name: string, create: () => Node): Node {
  const object = holderOf(holder);
  const byName = run.shared.get(object) ?? new Map<string, Node>();
  run.shared.set(object, byName);
  const node = byName.get(name) ?? create();
  byName.set(name, node);
  return node;
}

const created = (run: Run, node: Node): Node => {
  run.created.push(node.value, node.parent!.value, node.key);
  return node;
};
