import { conceptMap } from './concept-maps.ts';
import { literalOf, upTo } from './expressions.ts';
import { MapSyntaxError, problem } from './problem.ts';
import { type Reader, reader } from './reader.ts';
import { ruleBlock } from './rules.ts';
import type { Constant, EmbeddedConceptMap, Group, Import, MapFile, Metadata, Parameter, Structure } from './tree.ts';
import { withUnclosed } from './unclosed.ts';

type Declarations = {
  url: string;
  name: string;
  metadata: Metadata[];
  conceptMaps: EmbeddedConceptMap[];
  structures: Structure[];
  imports: Import[];
  constants: Constant[];
  groups: Group[];
  comments: readonly string[];
};

const keywords = ['map', 'uses', 'imports', 'let', 'group', 'conceptmap'];

/**
 * Parses one map in FML (https://build.fhir.org/ig/HL7/mapping-language-ig/grammar.html). Recovers after an error and throws
 * one MapSyntaxError that lists all of them, each with line, column and a suggestion where a word is close to a keyword.
 */
export function parse(text: string, path: string): MapFile {
  const read = reader(text, path);
  const found: Declarations = {
    url: '',
    name: '',
    metadata: [],
    conceptMaps: [],
    structures: [],
    imports: [],
    constants: [],
    groups: [],
    comments: [],
  };
  while (read.peek().kind !== 'end') {
    const before = read.peek();
    read.within(undefined);
    read.recovering(() => declaration(read, found));
    if (read.peek() === before) read.next();
  }
  if (found.groups.length === 0 && read.problems.length === 0) read.problems.push(problem('map-empty', {}, { path }));
  const problems = withUnclosed(read.words, read.problems, path);
  if (problems.length > 0) throw new MapSyntaxError(problems);
  const doubtfulComments = read.words.flatMap(({ doubtful }) => doubtful ?? []);
  return { path, ...found, ...identity(found), end: read.peek().comments, doubtfulComments };
}

function identity({ url, name, metadata }: Declarations): { url: string; name: string } {
  const declared = (key: string): string => {
    const value = metadata.find(({ path }) => path.length === 1 && path[0] === key)?.value;
    return value === undefined ? '' : String(value);
  };
  return { url: url || declared('url'), name: name || declared('name') };
}

function declaration(read: Reader, found: Declarations): void {
  const word = read.peek();
  const first = found.metadata.length + found.structures.length + found.groups.length === 0 && !found.url;
  if (word.kind === 'metadata') {
    if (first) found.comments = word.comments;
    found.metadata.push(metadata(read));
    return;
  }
  switch (word.kind === 'name' ? word.text : '') {
    case 'map':
      read.next();
      if (first) found.comments = word.comments;
      found.url = read.quotedText('the url of the map');
      read.expect('=');
      found.name =
        read.peek().kind === 'name' ? read.name('the name of the map') : read.quotedText('the name of the map');
      return;
    case 'uses':
      found.structures.push(structure(read));
      return;
    case 'imports': {
      const place = read.place();
      read.next();
      const url = read.quotedText('the url of a map');
      found.imports.push({ ...place, url, comments: [...word.comments, ...read.after()] });
      return;
    }
    case 'let':
      found.constants.push(constant(read));
      return;
    case 'group':
      found.groups.push(group(read));
      return;
    case 'conceptmap':
    case 'conceptMap':
      found.conceptMaps.push(conceptMap(read));
      return;
    default:
      read.fail('map, uses, imports, let, conceptmap or group', keywords);
  }
}

/** What no element of FHIR is named is refused: `__proto__` would reach the objects of the whole process. */
const elementName = (read: Reader, what: string): string =>
  read.peek().kind === 'name' && /^[A-Za-z][A-Za-z0-9]*$/.test(read.peek().text) ? read.name(what) : read.fail(what);

function metadata(read: Reader): Metadata {
  const place = read.place();
  read.next();
  const path = [elementName(read, 'an element of StructureMap')];
  while (read.take('.')) path.push(elementName(read, 'an element'));
  const equals = read.expect('=');
  const word = read.peek();
  const value = word.line === equals.line ? literalOf(word) : undefined;
  if (value === undefined) return { ...place, path };
  read.next();
  return { ...place, path, value };
}

const modes = ['source', 'queried', 'target', 'produced'] as const;

function structure(read: Reader): Structure {
  const place = read.place();
  const { comments } = read.next();
  const urlAt = read.place();
  const url = read.quotedText('the url of a StructureDefinition');
  const alias = read.take('alias') ? { alias: read.nameOrQuoted('an alias') } : {};
  read.expect('as');
  const mode = modes.find((it) => read.is(it)) ?? read.fail('source, queried, target or produced', modes);
  read.next();
  return { ...place, url, urlAt, ...alias, mode, comments: [...comments, ...read.after()] };
}

function constant(read: Reader): Constant {
  const place = read.place();
  const { comments } = read.next();
  const name = read.name('a name');
  read.expect('=');
  const expression = upTo(read, (word) => word.kind === 'mark' && word.text === ';');
  read.expect(';');
  return { ...place, name, expression, comments: [...comments, ...read.after()] };
}

function group(read: Reader): Group {
  const place = read.place();
  const { comments } = read.next();
  const name = read.name('the name of the group');
  read.within(name);
  read.expect('(');
  const parameters: Parameter[] = [];
  do parameters.push(parameter(read));
  while (read.take(','));
  read.expect(')');
  const parent = read.take('extends') ? { extends: read.name('a group') } : {};
  const typeMode = read.is('<<') ? { typeMode: stereotype(read) } : {};
  const groupComments = read.is('{') ? [...comments, ...read.peek().after] : comments;
  return { ...place, name, parameters, ...parent, ...typeMode, rules: ruleBlock(read), comments: groupComments };
}

function parameter(read: Reader): Parameter {
  const place = read.place();
  const mode =
    (['source', 'target'] as const).find((it) => read.is(it)) ?? read.fail('source or target', ['source', 'target']);
  read.next();
  const name = read.name('a name');
  return { ...place, mode, name, ...(read.take(':') ? { type: read.typeName() } : {}) };
}

function stereotype(read: Reader): 'types' | 'type+' {
  read.expect('<<');
  if (read.take('types')) {
    read.expect('>>');
    return 'types';
  }
  read.expect('type');
  read.expect('+');
  read.expect('>>');
  return 'type+';
}
