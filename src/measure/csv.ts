import type { Coded } from './counts.ts';
import type { Period } from './period.ts';
import { componentsOf } from './report.ts';
import type { SuppressedStratum } from './suppress.ts';
import type { ReportedGroup } from './suppress-groups.ts';

/** The Dutch label of a code; undefined without one. */
export type Word = (it: Coded) => string | undefined;

const columns = [
  'measure',
  'period-start',
  'period-end',
  'group',
  'stratifier',
  'stratum',
  'stratum-nl',
  'count',
  'score',
  'unit',
  'hidden',
] as const;

type Row = Partial<Readonly<Record<(typeof columns)[number], string | number | null | undefined>>>;

/**
 * The report as CSV (RFC 4180 with semicolons, as in the import of waiting times). One line per count; a hidden count
 * is empty and marked as hidden.
 */
export function measureCsv(groups: readonly ReportedGroup[], measure: string, period: Period, word: Word): string {
  const fixed = { measure, 'period-start': period.start, 'period-end': period.end };
  const rows = groups.flatMap((it) => rowsOf(it, word)).map((row) => ({ ...fixed, ...row }));
  return [columns.join(';'), ...rows.map((row: Row) => columns.map((name) => cell(row[name])).join(';'))]
    .join('\r\n')
    .concat('\r\n');
}

function rowsOf(it: ReportedGroup, word: Word): Row[] {
  if (it.kind === 'offer')
    return it.rows.map((row) => {
      const parts = componentsOf(row).map(([, value]) => value);
      return {
        group: it.group,
        stratifier: 'month-group-region',
        stratum: parts.map(({ code }) => code).join(' / '),
        'stratum-nl': parts.map((part) => word(part) ?? part.code).join(' / '),
        count: row.offers,
        score: row.weeks,
        unit: 'wk',
        hidden: 'no',
      };
    });
  const { group, total, lines, score } = it;
  const value = score?.value;
  const whole: Row = {
    group,
    count: total,
    ...(typeof value === 'number' ? { score: value } : {}),
    ...(score ? { unit: score.kind === 'share' ? '1' : 'd' } : {}),
    hidden: total === null ? 'yes' : value === 'hidden' ? 'score' : 'no',
  };
  return [
    whole,
    ...lines.flatMap(({ stratifier, inner = '', strata }) => [
      ...strata.map((one) => stratumRow(group, stratifier, one, word)),
      ...strata.flatMap(({ within = [] }) => within.map((one) => stratumRow(group, inner, one, word))),
    ]),
  ];
}

const stratumRow = (group: string, stratifier: string, it: SuppressedStratum, word: Word): Row => ({
  group,
  stratifier,
  stratum: it.code,
  'stratum-nl': word(it) ?? it.code,
  count: it.count,
  hidden: it.count === null ? 'yes' : 'no',
});

/** Prevents a label that starts like a formula from being evaluated by a spreadsheet. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
