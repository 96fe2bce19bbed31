import { copyDecimalText } from '../../fhir/decimal.ts';
import type { Node } from './node.ts';
/** The object with id and extensions of a primitive in JSON: `_birthDate`. */
export function sidecarOf(node: Node): Record<string, unknown> {
  if (typeof node.extra !== 'object' || node.extra === null) node.extra = {};
  placeSidecar(node, holderOf(node.parent!));
  return node.extra as Record<string, unknown>;
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
  const holder = from.parent?.value;
  if (typeof holder !== 'object' || holder === null) return;
  const source = from.index < 0 ? holder : (holder as Record<string, unknown>)[from.key];
  if (typeof source !== 'object' || source === null) return;
  const to = node.index < 0 ? target : (target[node.key] as object);
  copyDecimalText(source, from.index < 0 ? from.key : from.index, to, node.index < 0 ? node.key : node.index);
}

/** Index of a primitive that enters an array once it has a value. */
export const unplaced = -2;

export const holderOf = (node: Node): Record<string, unknown> => node.value as Record<string, unknown>;
