import { existsSync, readFileSync } from 'node:fs';
import { csvLines } from '../../csv.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import type { Point } from '../../routing/index.ts';
import type { WithIssues } from './with-issues.ts';

/** Centres by four-digit postcode. */
export type PostcodeCentres = ReadonlyMap<string, Point>;

/**
 * The table of postcode centres of a network: `postcode;latitude;longitude` (WGS 84), with a header line; # starts a
 * comment. Undefined without such a file. Every invalid line is reported with its place.
 */
export function readPostcodeCentres(file: string): WithIssues<PostcodeCentres | undefined> {
  if (!existsSync(file)) return { value: undefined, issues: [] };
  const issues: Issue[] = [];
  const centres = new Map<string, Point>();
  let hasHeader = false;
  for (const { line, text, cells } of csvLines(readFileSync(file, 'utf8'), ';')) {
    if (text.startsWith('#')) continue;
    const place = { line, column: 1 };
    const wrong = (wanted: string) =>
      issues.push(issue('config-value-invalid', { file, path: 'postcode-centres', wanted }, place));
    const [postcode = '', latitude = '', longitude = '', ...more] = cells;
    if (!hasHeader) {
      hasHeader = true;
      if (text.trim() !== 'postcode;latitude;longitude') wrong('postcode;latitude;longitude');
    } else if (!/^[1-9]\d{3}$/.test(postcode) || more.length > 0) wrong('1234;52.09;5.12');
    else if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) wrong('52.09;5.12 (degrees, WGS 84)');
    else if (centres.has(postcode))
      issues.push(issue('config-duplicate', { file, path: 'postcode', name: postcode }, place));
    else centres.set(postcode, { latitude: Number(latitude), longitude: Number(longitude) });
  }
  return { value: centres, issues };
}

const isDegrees = (text: string, most: number): boolean =>
  /^-?\d{1,3}(\.\d+)?$/.test(text) && Math.abs(Number(text)) <= most;
