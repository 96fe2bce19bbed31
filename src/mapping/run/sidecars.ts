import { decimalText, setDecimalText } from '../../fhir/decimal.ts';
import type { TargetListMode } from '../syntax/tree.ts';
import { isJsonNumber } from '../types/convert.ts';
import { insertion, listAt } from './lists.ts';
import type { Node } from './node.ts';
import type { Run } from './run.ts';

/** The object with id and extensions of a primitive in JSON: `_birthDate`. It is created where there is none. */
export function sidecarOf(run: Run, node: Node): Record<string, unknown> {
  if (typeof node.extra === 'object' && node.extra !== null) return node.extra as Record<string, unknown>;
  const sidecar = {};
  node.extra = sidecar;
  const target = containerOf(run, node);
  if (node.index === unplaced) placeInList(run, node, target, undefined);
  placeSidecar(node, target);
  run.created.push(sidecar, target, `_${node.key}`);
  return sidecar;
}

/** The object that contains a primitive: that of its parent, which for the id of a primitive is the sidecar of the latter. */
export function containerOf(run: Run, { parent }: Node): Record<string, unknown> {
  const holder = parent!;
  return typeof holder.value === 'object' && holder.value !== null ? holderOf(holder) : sidecarOf(run, holder);
}

/** Gives a primitive its place in a list; its value may follow, or it has only an id or extensions. */
export function placeInList(
  run: Run,
  node: Node,
  target: Record<string, unknown>,
  mode: TargetListMode | undefined,
): unknown[] {
  const list = listAt(target, node.key);
  node.index = insertion(run, list, mode);
  list.splice(node.index, 0, null);
  const extras = target[`_${node.key}`];
  if (Array.isArray(extras)) extras.splice(node.index, 0, null);
  return list;
}

export function placeSidecar(node: Node, target: Record<string, unknown>): void {
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

/** Decimal precision is significant (https://hl7.org/fhir/R4/json.html#decimal): 1.00 stays 1.00. */
export function keepDigits(node: Node, target: Record<string, unknown>, from: Node): void {
  const text = typeof from.value === 'string' && isJsonNumber(from.value) ? from.value : writtenNumber(from);
  if (text === undefined) return;
  const to = node.index < 0 ? target : (target[node.key] as object);
  setDecimalText(to, node.index < 0 ? node.key : node.index, text);
}

/** The number of a node as it was written; undefined for any other value. */
export function writtenNumber({ value, parent, key, index, text: computed }: Node): string | undefined {
  if (typeof value !== 'number') return undefined;
  if (computed !== undefined) return computed;
  const holder = parent?.value;
  if (typeof holder !== 'object' || holder === null) return String(value);
  const of = index < 0 ? holder : (holder as Record<string, unknown>)[key];
  const text = typeof of === 'object' && of !== null ? decimalText(of, index < 0 ? key : index) : undefined;
  return text !== undefined && Object.is(Number(text), value) ? text : String(value);
}

/** Index of a primitive that enters an array once it has a value. */
export const unplaced = -2;

export const holderOf = (node: Node): Record<string, unknown> => node.value as Record<string, unknown>;
