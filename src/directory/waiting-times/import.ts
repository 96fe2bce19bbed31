import type { HealthcareService } from '@medplum/fhirtypes';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import {
  type Availability,
  availabilityOf,
  type Capacity,
  setAvailability,
  type WaitingTime,
  waitingTimeKey,
} from '../../routing/index.ts';
import { parseDay } from '../../temporal.ts';
import type { Network } from '../network.ts';
import { readWaitingTimeLines, type WaitingTimeLine } from './columns.ts';
import { capacityIssues, waitingTimeIssues } from './rules.ts';

/** The codes allowed per column, from the profiles. */
export type WaitingTimeCodes = Readonly<
  Record<'diagnosis-group' | 'method' | 'source' | 'capacity', readonly string[]>
>;

/** The outcome of a line, for the report. */
export type ImportedLine = {
  readonly line: number;
  /** `HealthcareService/<id>` */
  readonly service: string;
  readonly outcome: 'new' | 'changed' | 'unchanged';
};

export type ImportResult = {
  readonly lines: readonly ImportedLine[];
  /** The changed services, complete. */
  readonly services: readonly HealthcareService[];
};

type ParsedLine = {
  readonly line: number;
  readonly reference: string;
  readonly waitingTime?: WaitingTime;
  readonly capacity?: Capacity;
};

/**
 * Imports a CSV file of waiting times and capacity. A line replaces the waiting time of the same service, diagnosis
 * group and method; others are kept. With one invalid line nothing is imported, and every invalid line is reported.
 */
export function importWaitingTimes(
  text: string,
  network: Network,
  { today, codes }: { readonly today: string; readonly codes: WaitingTimeCodes },
): Result<ImportResult> {
  const read = readWaitingTimeLines(text);
  if (!read.ok) return read;
  const lines = read.value.map((it) => readLine(it, { network, today, codes }));
  const parsed = lines.flatMap((it) => (it.ok ? [it.value] : []));
  const issues = [...lines.flatMap((it) => (it.ok ? [] : it.issues)), ...duplicates(parsed)];
  if (issues.length > 0) return failure(...[...issues].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)));
  const services = new Map<string, HealthcareService>();
  const outcomes = parsed.map((it): ImportedLine => {
    const before = services.get(it.reference) ?? serviceOf(network, it.reference);
    const outcome = outcomeOf(availabilityOf(before), it);
    if (outcome !== 'unchanged') services.set(it.reference, withLine(before, it));
    return { line: it.line, service: it.reference, outcome };
  });
  return success({ lines: outcomes, services: [...services.values()] });
}

function serviceOf(network: Network, reference: string): HealthcareService {
  const service = network.resource(reference);
  if (!isType(service, 'HealthcareService')) throw new Error(`${reference} was found a moment ago`);
  return service;
}

type ImportContext = { readonly network: Network; readonly today: string; readonly codes: WaitingTimeCodes };

function readLine({ line, cell }: WaitingTimeLine, { network, today, codes }: ImportContext): Result<ParsedLine> {
  const issues: Issue[] = [];
  const place = { line };
  const reference = cell('service').replace(/^(HealthcareService\/)?/, 'HealthcareService/');
  if (!isType(network.resource(reference), 'HealthcareService'))
    issues.push(issue('import-service-unknown', {}, place));
  const weeks = (column: 'intake-weeks' | 'treatment-weeks'): number | undefined => {
    const text = cell(column);
    if (text === '') return undefined;
    if (!/^\d{1,4}(\.\d)?$/.test(text)) issues.push(issue('import-number-invalid', { column }, place));
    return Number(text);
  };
  const code = (column: keyof WaitingTimeCodes, wanted: boolean): string | undefined => {
    const text = cell(column);
    if (text === '' && wanted) issues.push(issue('import-cell-missing', { column }, place));
    if (text !== '' && !codes[column].includes(text))
      issues.push(issue('import-code-unknown', { column, known: codes[column].join(', ') }, place));
    return text || undefined;
  };
  const intakeWeeks = weeks('intake-weeks');
  const treatmentWeeks = weeks('treatment-weeks');
  const hasWait = intakeWeeks !== undefined || treatmentWeeks !== undefined;
  const group = code('diagnosis-group', false) ?? null;
  const method = code('method', hasWait) ?? '';
  const source = code('source', hasWait) ?? '';
  const status = code('capacity', false);
  const note = cell('capacity-note');
  const measuredOn = cell('measured-on');
  if (!hasWait && !status) issues.push(issue('import-row-empty', {}, place));
  if (note && !status) issues.push(issue('import-cell-missing', { column: 'capacity' }, place));
  if (measuredOn === '') issues.push(issue('import-cell-missing', { column: 'measured-on' }, place));
  else if (!parseDay(measuredOn)) issues.push(issue('import-date-invalid', { column: 'measured-on' }, place));
  if (issues.length > 0) return failure(...issues);

  const waitingTime: WaitingTime | undefined = hasWait
    ? {
        group,
        ...(intakeWeeks === undefined ? {} : { intakeWeeks }),
        ...(treatmentWeeks === undefined ? {} : { treatmentWeeks }),
        method,
        measuredOn,
        source,
      }
    : undefined;
  const capacity: Capacity | undefined = status
    ? { status, ...(note ? { note } : {}), assessedOn: measuredOn }
    : undefined;
  const known = network.availability(reference);
  const { norms } = network.settings;
  const rules = [
    ...(waitingTime ? waitingTimeIssues(waitingTime, known.waitingTimes, { today, norms }) : []),
    ...(capacity ? capacityIssues(capacity, known.capacity, today) : []),
  ];
  const invalid = [...new Set(rules)].map((rule) =>
    rule === 'waiting-time-above-maximum'
      ? issue(rule, { longest: norms.longestWeeks }, place)
      : issue(rule, {}, place),
  );
  if (invalid.length > 0) return failure(...invalid);
  return success({
    line,
    reference,
    ...(waitingTime ? { waitingTime } : {}),
    ...(capacity ? { capacity } : {}),
  });
}

/** Duplicate lines: the same service, group and method, or two capacities of one service. */
function duplicates(parsed: readonly ParsedLine[]): Issue[] {
  const seen = new Map<string, number>();
  return parsed.flatMap(({ line, reference, waitingTime, capacity }) => {
    const keys = [
      ...(waitingTime ? [`${reference} ${waitingTimeKey(waitingTime)}`] : []),
      ...(capacity ? [`${reference} capacity`] : []),
    ];
    const before = keys.flatMap((key) => seen.get(key) ?? [])[0];
    for (const key of keys) seen.set(key, line);
    return before === undefined ? [] : [issue('import-row-duplicate', { line: before }, { line })];
  });
}

function outcomeOf(before: Availability, { waitingTime, capacity }: ParsedLine): ImportedLine['outcome'] {
  const known = waitingTime && before.waitingTimes.find((it) => waitingTimeKey(it) === waitingTimeKey(waitingTime));
  const outcomes = [
    ...(waitingTime ? [compared(known, waitingTime)] : []),
    ...(capacity ? [compared(before.capacity, capacity)] : []),
  ];
  return outcomes.includes('changed') ? 'changed' : outcomes.includes('new') ? 'new' : 'unchanged';
}

const compared = <T extends object>(before: T | undefined, after: T): ImportedLine['outcome'] =>
  before === undefined
    ? 'new'
    : (Object.keys({ ...before, ...after }) as (keyof T)[]).every((it) => before[it] === after[it])
      ? 'unchanged'
      : 'changed';

function withLine(service: HealthcareService, { waitingTime, capacity }: ParsedLine): HealthcareService {
  const before = availabilityOf(service).waitingTimes;
  const waitingTimes = waitingTime && [
    ...before.filter((it) => waitingTimeKey(it) !== waitingTimeKey(waitingTime)),
    waitingTime,
  ];
  return setAvailability(service, { ...(waitingTimes ? { waitingTimes } : {}), ...(capacity ? { capacity } : {}) });
}
