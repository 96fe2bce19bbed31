import { isSegmentName } from './lines.ts';
import { allFields, dataTypes, segments } from './segments.ts';

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

/**
 * `PID.patientIdentifierList[1].idNumber` is PID, field 3, second repetition, component 1; `PID.field19` a field without a
 * name in the model. `names`: those of the segments of the message in order, to count a segment inside another
 * (`OBX[1].NTE[0].comment`). Undefined when there is no such place.
 */
export function hl7Place(path: string, names: readonly string[] = []): Hl7Place | undefined {
  const [outer, ...steps] = path.split('.').map(stepOf);
  if (!outer || !isSegmentName(outer.name)) return undefined;
  const inner = steps[0] && segments[outer.name]?.contains?.includes(steps[0].name) ? steps.shift() : undefined;
  const segment = inner ?? outer;
  const definition = Object.hasOwn(segments, segment.name) ? segments[segment.name] : undefined;
  const sequence = inner ? sequenceInside(outer, inner, names) : sequenceOf(outer, names);
  const place = { segment: segment.name, sequence };
  const [field, component, subcomponent] = steps;
  const found = field && definition && allFields(definition).find(([, [name]]) => name === field.name);
  const position = found?.[0] ?? numbered(field?.name, 'field');
  if (!field || position === undefined) return place;
  const inField = { ...place, field: position, repetition: field.index + 1 };
  const part = component && numberOf(found?.[1][1] ?? '', component.name);
  if (!part) return inField;
  const deeper = subcomponent && numberOf(part.type, subcomponent.name);
  return { ...inField, component: part.number, ...(deeper ? { subcomponent: deeper.number } : {}) };
}

type Step = { readonly name: string; readonly index: number };

function stepOf(text: string): Step {
  const [name = '', index = '0'] = text.split(/[[\]]/);
  return { name, index: Number(index) };
}

/** Among all segments of that name: those inside another segment are not in the list of the message. */
function sequenceOf({ name, index }: Step, names: readonly string[]): number {
  let outside = -1;
  for (const [at, { isInside }] of occurrences(name, names).entries())
    if (!isInside && ++outside === index) return at + 1;
  return index + 1;
}

function sequenceInside(outer: Step, inner: Step, names: readonly string[]): number {
  const found = occurrences(inner.name, names).findIndex(
    ({ isInside, of, nth, index }) => isInside && of === outer.name && nth === outer.index && index === inner.index,
  );
  return found < 0 ? inner.index + 1 : found + 1;
}

type Occurrence = { readonly isInside: boolean; readonly of: string; readonly nth: number; readonly index: number };

/** The segments of a name in the message, each with the segment that it is inside of, as the parser puts it there. */
function occurrences(name: string, names: readonly string[]): Occurrence[] {
  const found: Occurrence[] = [];
  const counts = new Map<string, number>();
  let [container, index] = ['', 0];
  for (const it of names) {
    const isInside = segments[container]?.contains?.includes(it) === true;
    if (it === name) found.push({ isInside, of: container, nth: (counts.get(container) ?? 0) - 1, index });
    if (isInside) {
      if (it === name) index++;
      continue;
    }
    counts.set(it, (counts.get(it) ?? 0) + 1);
    [container, index] = [it, 0];
  }
  return found;
}

function numbered(name: string | undefined, kind: string): number | undefined {
  const digits = name?.startsWith(kind) ? name.slice(kind.length) : '';
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

function numberOf(written: string, name: string): { readonly number: number; readonly type: string } | undefined {
  const unnamed = numbered(name, 'component') ?? numbered(name, 'subcomponent');
  if (unnamed !== undefined) return { number: unnamed, type: 'ST' };
  const parts = (dataTypes[written.replace('*', '')] ?? []).map((it) => it.split(':'));
  const at = parts.findIndex(([own]) => own === name);
  return at < 0 ? undefined : { number: at + 1, type: parts[at]?.[1] ?? 'ST' };
}
