import { dataTypes, segments } from './segments.ts';

/** A place in a message in the numbers of ERR-2 (ERL, HL7 v2.5, 2.A.28); all count from one. */
export type Hl7Place = {
  readonly segment: string;
  /** Sequence number among the segments of that name. */
  readonly sequence: number;
  readonly field?: number;
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
};

/** `PID.patientIdentifierList[1].idNumber` is PID, field 3, second repetition, component 1. Undefined when there is no such place. */
export function hl7Place(path: string): Hl7Place | undefined {
  const [segment, field, component, subcomponent] = path.split('.').map(stepOf);
  const definition = segment && Object.hasOwn(segments, segment.name) ? segments[segment.name] : undefined;
  if (!segment || !definition) return undefined;
  const place = { segment: segment.name, sequence: segment.index + 1 };
  const found = Object.entries(definition.fields).find(([, [name]]) => name === field?.name);
  if (!field || !found) return place;
  const [position, [, type]] = found;
  const inField = { ...place, field: Number(position), repetition: field.index + 1 };
  const inner = component && numberOf(type, component.name);
  if (!inner) return inField;
  const deeper = subcomponent && numberOf(inner.type, subcomponent.name);
  return { ...inField, component: inner.number, ...(deeper ? { subcomponent: deeper.number } : {}) };
}

function stepOf(text: string): { readonly name: string; readonly index: number } {
  const [name = '', index = '0'] = text.split(/[[\]]/);
  return { name, index: Number(index) };
}

function numberOf(written: string, name: string): { readonly number: number; readonly type: string } | undefined {
  const parts = (dataTypes[written.replace('*', '')] ?? []).map((it) => it.split(':'));
  const at = parts.findIndex(([own]) => own === name);
  return at < 0 ? undefined : { number: at + 1, type: parts[at]?.[1] ?? 'ST' };
}
