import { type Issue, issue } from '../../fhir/issue.ts';
import type { Trace } from '../../mapping/index.ts';

/** Above this number each field is named once, at the first segment that has it: more places do not help. */
const maximumPlaces = 100;

/** A value of the message: its path, and those of the segment and the field that it is part of. */
type Leaf = { readonly path: string; readonly value: string; readonly segment: string; readonly field: string };

/**
 * Segments, fields and components of an HL7 v2 message that did not reach the referral, each by the widest part of which
 * nothing did. `stray`: those without a place in the model. Issues: `hl7-value-ignored`, `hl7-time-ignored`.
 */
export function unreadHl7(
  message: object,
  stray: readonly string[],
  { unread }: Pick<Trace, 'unread'>,
  issues: readonly Issue[],
): Issue[] {
  const missed = new Set(unread.map(withoutRoot));
  /** What another finding names already, and results that are withdrawn as a whole. */
  const named = new Set(issues.map(({ expression = '' }) => withoutRoot(expression)));
  const withdrawn = new Set(
    issues.flatMap(({ rule, expression = '' }) => (rule === 'hl7-result-withdrawn' ? [withoutRoot(expression)] : [])),
  );
  const isKnown = ({ path, segment }: Leaf): boolean => named.has(path) || withdrawn.has(segment);
  const leaves = leavesOf(message, '').filter((it) => !isOfProtocol(it));
  const strays = stray.map((path) => leafAt(path, '')).filter((it) => !isHeaderDetail(it));
  const misses = [...leaves.filter(({ path }) => missed.has(path)), ...strays].filter((it) => !isKnown(it));
  const read = leaves.filter((it) => !missed.has(it.path) || isKnown(it));
  const readParts = new Set(['MSH', ...read.flatMap(({ segment, field }) => [segment, field])]);
  const places = misses.map(({ segment, field, path }) =>
    readParts.has(segment) ? (readParts.has(field) ? path : field) : segment,
  );
  return [
    ...limited([...new Set(places)]).map((expression) => issue('hl7-value-ignored', {}, { expression })),
    ...leaves.filter(isTimeOfBirth).map(({ path }) => issue('hl7-time-ignored', {}, { expression: path })),
  ];
}

/** A birth date of FHIR has no time and no zone. */
const isTimeOfBirth = ({ path, value }: Leaf): boolean =>
  path.endsWith('.dateTimeOfBirth') && /^(?:\d{8}\d*[1-9]|(?:\d{4}|\d{6}|\d{8})[+-]\d{4}$)/.test(value);

function limited(places: readonly string[]): readonly string[] {
  if (places.length <= maximumPlaces) return places;
  const firstOf = new Map<string, string>();
  for (const place of places) {
    const kind = place.replaceAll(/\[\d+\]/g, '');
    if (!firstOf.has(kind)) firstOf.set(kind, place);
  }
  return [...firstOf.values()];
}

const withoutRoot = (path: string): string => path.replace(/^hl7v2-[\w-]+\.?/, '');

/** `OBX[1].NTE[0].comment[2]` is of segment `OBX[1].NTE[0]` and field `OBX[1].NTE[0].comment[2]`. */
const segmentOf = (path: string): string =>
  /^[A-Z][A-Z0-9]{2}(?:\[\d+\])?(?:\.[A-Z][A-Z0-9]{2}(?:\[\d+\])?)?(?![a-z])/.exec(path)?.[0] ?? path;

function fieldOf(path: string): string {
  const segment = segmentOf(path);
  return segment + (/^\.\w+(?:\[\d+\])?/.exec(path.slice(segment.length))?.[0] ?? '');
}

const leafAt = (path: string, value: string): Leaf => ({
  path,
  value,
  segment: segmentOf(path),
  field: fieldOf(path),
});

/** The country that a version is adapted to, the precision of the time, and similar: they describe the message. */
const isHeaderDetail = ({ field }: Leaf): boolean => /^MSH\.(?:versionId|dateTimeOfMessage|characterSet)\b/.test(field);

function leavesOf(value: unknown, path: string): Leaf[] {
  if (typeof value === 'string') return [leafAt(path, value)];
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value)
    ? value.flatMap((it, at) => leavesOf(it, `${path}[${at}]`))
    : Object.entries(value).flatMap(([name, it]) => leavesOf(it, path === '' ? name : `${path}.${name}`));
}

/** Values that state how to read others, and are done with once these are read. */
function isOfProtocol({ path, value, segment }: Leaf): boolean {
  if (segment === 'MSH') return true;
  const name = path.slice(path.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '');
  if (name === 'valueType' || name === 'nameRepresentationCode') return true;
  if (name === 'observationSubId') return /^[\d.]*$/.test(value);
  if (/codingSystem$/i.test(name))
    return /^HL7\d{4}$/.test(value) || (path.includes('.units.') && /^(?:UCUM|ISO\+|ANSI\+)$/i.test(value));
  if (name === 'equipmentType') return /^(?:Internet|X\.400)$/i.test(value);
  // An authority of the BSN, and the kind of a name of an organisation.
  if (path.includes('.assigningAuthority.')) return /^(?:NLMINBIZA|2\.16\.840\.1\.113883\.2\.4\.6\.3|ISO)$/.test(value);
  return path.includes('.providerOrganization') && name === 'nameTypeCode' && /^[LD]$/.test(value);
}
