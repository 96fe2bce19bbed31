import { csvLines } from '../../csv.ts';
import { MapError, problem } from '../syntax/problem.ts';
import { ambiguousLines, buildTable, type Table, type UnmappedHandling } from './table.ts';

/**
 * Reads a table for `translate`: CSV after lines of the form `# key: value`.
 * ```
 * # table: icpc-life-domain
 * # source: http://hl7.org/fhir/sid/icpc-1-nl
 * # target: https://example.org/CodeSystem/life-domain
 * # unmapped: text
 * code,target,display
 * P*,mental,Geestelijke gezondheid
 * ```
 * `code` may end in `*`: any code with that prefix, the longest prefix first. `unmapped` is required and states the handling
 * of a code that the table does not contain: `refuse`, `text` (retained as text) or `queue` (listed for a person to map).
 * Columns `source` and `system` contain the code system of a line where it differs from that of the table.
 * Throws MapError that lists every invalid line.
 */
export function readTable(csv: string, path: string): Table {
  const lines = csvLines(csv, ',');
  const heading = new Map<string, string>();
  for (const { text } of lines) {
    const found = /^#\s*([\w-]{1,40})\s*:\s*(.*?)\s*$/.exec(text.slice(0, 2000));
    if (found) heading.set(found[1]!, found[2]!);
  }
  const rows = lines.filter(({ text }) => !text.startsWith('#'));
  const [names, ...body] = rows;
  const problems = [...headingProblems(heading, path), ...columnProblems(names?.cells ?? [], body, path)];
  if (problems.length > 0) throw new MapError(problems);
  const column = (name: string): number => names!.cells.indexOf(name);
  const entries = body.map(({ cells, line }) => {
    const cell = (name: string): string | undefined => cells[column(name)] || undefined;
    const [system, display] = [cell('system') ?? heading.get('target'), cell('display')];
    const target =
      cell('target') === undefined
        ? undefined
        : { ...(system ? { system } : {}), code: cell('target')!, ...(display ? { display } : {}) };
    return { sourceSystem: cell('source') ?? heading.get('source'), source: cell('code')!, target, line };
  });
  const table = heading.get('table')!;
  const ambiguous = ambiguousLines(entries).map(({ source, line }) =>
    problem('map-table-ambiguous', { code: source.slice(0, 64), table }, { path, line, column: 1 }),
  );
  if (ambiguous.length > 0) throw new MapError(ambiguous);
  const prefixes = entries
    .filter(({ source }) => source.endsWith('*'))
    .sort((a, b) => b.source.length - a.source.length);
  const find: Table['find'] = ({ system, code }) => {
    const found = prefixes.find(
      (it) =>
        code.startsWith(it.source.slice(0, -1)) &&
        (system === undefined || it.sourceSystem === undefined || it.sourceSystem === system),
    );
    return found && (found.target ? [found.target] : []);
  };
  const unmapped = heading.get('unmapped') as UnmappedHandling;
  return buildTable(
    table,
    entries.filter(({ source }) => !source.endsWith('*')),
    unmapped,
    find,
  );
}

const handlings = ['refuse', 'text', 'queue'];

const headingProblems = (heading: ReadonlyMap<string, string>, path: string) => [
  ...(heading.get('table')
    ? []
    : [
        problem(
          'map-syntax',
          { expected: '# table: name', found: 'no name of the table', suggestion: '' },
          { path, line: 1, column: 1 },
        ),
      ]),
  ...(handlings.includes(heading.get('unmapped') ?? '')
    ? []
    : [
        problem(
          'map-syntax',
          { expected: '# unmapped: refuse, text or queue', found: 'no such line', suggestion: '' },
          { path, line: 1, column: 1 },
        ),
      ]),
];

function columnProblems(
  names: readonly string[],
  body: readonly { cells: readonly string[]; line: number }[],
  path: string,
) {
  const missing = ['code', 'target'].filter((name) => !names.includes(name));
  if (missing.length > 0)
    return [
      problem(
        'map-syntax',
        { expected: `a column ${missing.join(' and ')}`, found: 'none', suggestion: '' },
        { path, line: 1, column: 1 },
      ),
    ];
  return body
    .filter(({ cells }) => cells.length !== names.length || !cells[names.indexOf('code')])
    .map(({ line, cells }) =>
      problem(
        'map-syntax',
        { expected: `${names.length} cells with a code`, found: `${cells.length} cells`, suggestion: '' },
        { path, line, column: 1 },
      ),
    );
}
