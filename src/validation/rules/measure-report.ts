/**
 * A MeasureReport against its Measure (https://hl7.org/fhir/R4/measurereport.html): its groups, populations and
 * stratifiers are those of the Measure. Whether a score follows from the counts is not checked.
 */
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { atSegment } from '../run/position.ts';
import { report } from '../run/report.ts';
import { isObject, type JsonObject } from '../values/object.ts';

export function checkMeasureReport(value: JsonObject, run: Run): void {
  if (typeof value.measure !== 'string') return;
  const measure: unknown = run.context.definitions.find('Measure', value.measure);
  if (!isObject(measure)) {
    report(run, 'measure-not-loaded', {});
    return;
  }
  const complete = value.status === 'complete';
  const groups = listOf(measure.group);
  // A report of a data collection, and one that is pending, has no groups yet.
  const needsAll = complete && value.type !== 'data-collection';
  comparePart('group', groups, value, { run, needsAll }, (defined, found) => {
    const parts = { run, needsAll };
    comparePart('population', listOf(defined.population), found, parts);
    comparePart('stratifier', listOf(defined.stratifier), found, { ...parts, needsAll: false });
    if (isCohort(measure) && found.measureScore !== undefined)
      report(run, 'measure-mismatch', { problem: 'a cohort has no measureScore' });
  });
}

type Part = 'group' | 'population' | 'stratifier';

/** Each part of the report is one of the Measure, by code; of a complete report none is missing. */
function comparePart(
  name: Part,
  defined: readonly JsonObject[],
  holder: JsonObject,
  { run, needsAll }: { readonly run: Run; readonly needsAll: boolean },
  inside: (defined: JsonObject, found: JsonObject) => void = () => {},
): void {
  const found = listOf(holder[name]);
  const matched = new Set<JsonObject>();
  const ownOf = byCode(defined);
  for (const [i, it] of found.entries()) {
    const own = ownOf(codeOf(it));
    atSegment(run, segments[name], i, () => {
      if (!own) report(run, 'measure-mismatch', { problem: `the Measure has no ${name} of this code` });
      else if (matched.has(own)) report(run, 'measure-mismatch', { problem: `another ${name} has this code` });
      else inside(own, it);
    });
    if (own) matched.add(own);
  }
  const missing = defined.filter((it) => !matched.has(it)).length;
  if (needsAll && missing > 0)
    report(run, 'measure-mismatch', {
      problem: `${missing} of its ${defined.length} parts of kind ${name} are missing`,
    });
}

const segmentOf = (name: Part, path: string): Segment => ({ key: name, expression: name, path, type: path });
const segments: Readonly<Record<Part, Segment>> = {
  group: segmentOf('group', 'MeasureReport.group'),
  population: segmentOf('population', 'MeasureReport.group.population'),
  stratifier: segmentOf('stratifier', 'MeasureReport.group.stratifier'),
};

const listOf = (it: unknown): JsonObject[] => (Array.isArray(it) ? it.filter(isObject) : []);

/** The code of a stratifier in a report is a list. */
const codeOf = ({ code }: JsonObject): unknown => (Array.isArray(code) ? code[0] : code);

/** The first part with a shared coding or the same text; without a code, the first that has none either. */
function byCode(defined: readonly JsonObject[]): (code: unknown) => JsonObject | undefined {
  const first = new Map<string, number>();
  for (const [at, { code }] of defined.entries())
    for (const key of keysOf(code)) if (!first.has(key)) first.set(key, at);
  return (code) => defined[keysOf(code).reduce((least, key) => Math.min(least, first.get(key) ?? least), Infinity)];
}

const keysOf = (code: unknown): string[] => {
  if (code === undefined) return ['none'];
  if (!isObject(code)) return [];
  const codings = listOf(code.coding).map((it) => `coding ${JSON.stringify([it.code, it.system])}`);
  return code.text === undefined ? codings : [...codings, `text ${JSON.stringify(code.text)}`];
};

const isCohort = ({ scoring }: JsonObject): boolean =>
  isObject(scoring) && listOf(scoring.coding).some(({ code }) => code === 'cohort');
