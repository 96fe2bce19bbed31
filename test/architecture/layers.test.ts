import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

/** The house of docs/contribute/architecture.md: a file imports its own room and lower layers, never upward, never sideways. */
const layers: Readonly<Record<string, number>> = {
  'world.ts': 0,
  'temporal.ts': 0,
  'turns.ts': 0,
  'csv.ts': 0,
  fhir: 0,
  fhirpath: 0,
  definitions: 1,
  vocabulary: 1,
  validation: 2,
  mapping: 2,
  workflow: 2,
  disclosure: 2,
  conversation: 2,
  routing: 2,
  audit: 2,
  subscription: 2,
  deadline: 2,
  measure: 2,
  store: 3,
  outbound: 3,
  tracing: 3,
  terminology: 4,
  'consent-source': 4,
  tracker: 4,
  directory: 4,
  delivery: 4,
  access: 5,
  'exchange.ts': 5,
  exchange: 5,
  notification: 5,
  watchdog: 5,
  zgw: 5,
  pages: 6,
  configuration: 6,
  operations: 6,
  http: 7,
  'app.ts': 7,
  library: 8,
  main: 8,
  'main.ts': 8,
  'cli.ts': 8,
  cli: 8,
  'demo.ts': 8,
  demo: 8,
};

/** Within layer 0, fhirpath speaks about fhir; the pure rooms of layer 2 know nothing of each other. */
const sameLayer: Readonly<Record<string, readonly string[]>> = {
  fhirpath: ['fhir', 'world.ts'],
  directory: ['delivery', 'terminology', 'consent-source'],
  'exchange.ts': ['access', 'exchange'],
  exchange: ['access'],
  notification: ['access', 'exchange', 'exchange.ts'],
  watchdog: ['exchange'],
  zgw: ['access', 'exchange'],
  'app.ts': ['http'],
  'main.ts': ['main'],
  // the console shows what operators do
  pages: ['operations'],
  demo: ['main.ts', 'main'],
  'demo.ts': ['main.ts', 'main', 'demo'],
  cli: ['main.ts', 'main', 'demo.ts', 'demo'],
  'cli.ts': ['main.ts', 'main', 'demo.ts', 'cli'],
};

const src = join(import.meta.dirname, '../../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const room = (file: string): string => file.split('/')[0] ?? file;

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
    .map(([, path]) => relative(src, normalize(join(src, dirname(file), path ?? ''))))
    .filter((path) => path.endsWith('.ts'));
}

test('every file of src/ lives in a room of the house', () => {
  expect([...new Set(files.map(room))].filter((it) => !(it in layers))).toEqual([]);
});

test('imports run one way: to the own room and to lower layers', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => {
        const [from, to] = [room(file), room(path)];
        if (from === to || (layers[to] ?? 99) < (layers[from] ?? -1)) return false;
        return !(sameLayer[from] ?? []).includes(to);
      })
      .map((path) => `${file} imports ${path}`),
  );
  expect(wrong).toEqual([]);
});

test('the library entries do not import temporal.ts: CommonJS cannot require a module that awaits', () => {
  const reached = new Set(['fhir/index.ts', 'library/fhirpath.ts', 'validation/index.ts', 'mapping/index.ts']);
  for (const file of reached) for (const path of importsOf(file)) reached.add(path);
  expect(reached.size).toBeGreaterThan(100);
  expect(reached.has('temporal.ts')).toBe(false);
});

test('the pure rooms do no I/O: no clock, no chance, no files, no network', () => {
  const pure = new Set([
    'fhir',
    'fhirpath',
    'validation',
    'mapping',
    'workflow',
    'disclosure',
    'routing',
    'audit',
    'subscription',
    'deadline',
    'measure',
  ]);
  const impure = /from 'node:(?!crypto')|from 'undici'|Date\.now\(|new Date\(\)|randomUUID\(|Math\.random\(/;
  expect(files.filter((file) => pure.has(room(file)) && impure.test(readFileSync(join(src, file), 'utf8')))).toEqual(
    [],
  );
});

test('every HTTP request to another system passes the client of src/outbound, which judges the address and the size of the answer', () => {
  const clients =
    /from '(?:undici|node:https?|https?)'|import\('(?:undici|node:https?)'\)|(?<![.\w])fetch\(|\bnew (?:WebSocket|EventSource)\(/;
  const outside = files.filter((file) => room(file) !== 'outbound');
  const found = outside.filter((file) =>
    readFileSync(join(src, file), 'utf8')
      .split('\n')
      .some((line) => clients.test(line) && !/^import (?:type |\{ createServer, type )/.test(line)),
  );
  expect(found).toEqual([]);
});
