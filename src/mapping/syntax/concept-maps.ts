import type { Reader } from './reader.ts';
import type { EmbeddedConceptMap } from './tree.ts';
/** R4's relationship symbols (https://hl7.org/fhir/R4/mapping-language.html#conceptmaps); the guide has only `-`. */
export const equivalences: Readonly<Record<string, string>> = {
  '-': 'equivalent',
  '==': 'equal',
  '=': 'equivalent',
  '!=': 'disjoint',
  '~': 'relatedto',
  '<=': 'wider',
  '>=': 'narrower',
};

export function conceptMap(read: Reader): EmbeddedConceptMap {
  const place = read.place();
  const { comments } = read.next();
  const name = read.quotedText('the name of the concept map').replace(/^#/, '');
  read.expect('{');
  const prefixes = new Map<string, string>();
  while (read.take('prefix')) {
    const prefix = read.name('a prefix');
    read.expect('=');
    prefixes.set(prefix, read.quotedText('the url of a code system'));
    read.take(';');
  }
  const code = (): { system: string; code: string } => {
    const prefix = read.is(':', 1) ? read.peek().text : undefined;
    const system = prefixes.get(prefix ?? '') ?? read.fail('a declared prefix', [...prefixes.keys()]);
    read.next();
    read.expect(':');
    return { system, code: codeText(read) };
  };
  const mappings: EmbeddedConceptMap['mappings'][number][] = [];
  while (!read.is('}')) {
    const at = read.place();
    const from = code();
    const mark = Object.keys(equivalences).find((it) => read.is(it)) ?? read.fail('- between source and target code');
    read.next();
    const to = code();
    read.take(';');
    mappings.push({
      ...at,
      sourceSystem: from.system,
      source: from.code,
      targetSystem: to.system,
      target: to.code,
      equivalence: equivalences[mark]!,
    });
  }
  read.expect('}');
  return { ...place, name, mappings, comments };
}

/** A code: quoted, or adjacent tokens without white space between them (`in-progress`, `L15`, `01.015`). */
export function codeText(read: Reader): string {
  const first = read.peek();
  if (first.kind === 'string' || first.kind === 'quoted') return read.next().value;
  let [text, end] = ['', first.from];
  while (read.peek().from === end && isCodeWord(read)) {
    const word = read.next();
    text += word.text;
    end = word.to;
  }
  return text || read.fail('a code');
}

export const isCodeWord = (read: Reader): boolean => {
  const { kind, text } = read.peek();
  return (
    kind === 'name' ||
    kind === 'number' ||
    (kind === 'mark' && (text === '-' || text === '.') && read.peek().to === read.peek(1).from)
  );
};
