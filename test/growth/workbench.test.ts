/** The CPU time of what the workbench shows grows in proportion to a line, whatever stands in it. */
import { expect, test } from 'vitest';
import { tokensOf } from '../../src/pages/workbench/lines.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { expectProportion } from '../support/growth.ts';

const formats = ['JSON', 'XML', 'HL7 v2'] as const;

/** What begins a line, and what repeats in it. */
const hostile: readonly (readonly [string, string])[] = [
  ['{"resourceType":"', '\\"'],
  ['{"resourceType":"', '\\'],
  ['', '"'],
  ['', '"a" '],
  ['"a"', ' '],
  ['{', '"a":"b",'],
  ['<Bundle', ' b="'],
  ['<Bundle b=', '\'"'],
  ['', '</'],
  ['MSH|^~\\&|', '|^'],
  ['', ' '],
];

test.each(formats.flatMap((format) => hostile.map(([start, item]) => ({ format, start, item }))))(
  'marks of $format in $start followed by many $item',
  ({ format, start, item }) =>
    expectProportion(async (count) => {
      const line = start + item.repeat(count * 60);
      const { value, milliseconds } = await cpuTimeOf(() => tokensOf(line, format));
      expect(value.map(({ text }) => text).join('') === line).toBe(true);
      return milliseconds;
    }),
  120_000,
);
