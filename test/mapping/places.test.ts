import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileMap } from '../../src/library/mapping.ts';
import { parseMap } from '../../src/mapping/index.ts';
import { tokens } from '../../src/mapping/syntax/tokens.ts';
import { problemsOf } from '../support/mapping/problems.ts';

const start = `/// url = 'http://example.org/StructureMap/t'
/// name = 'T'

uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "http://hl7.org/fhir/StructureDefinition/Basic" alias Basic as target
`;
const group = `
group main(source src : Patient, target tgt : Basic) {
  src.id as i -> tgt.id = i;
  src -> tgt.language = 'nl';
}
`;
const found = (text: string) =>
  problemsOf(() => compileMap([{ path: 't.fml', text }])).map(({ rule, line, column }) => [rule, line, column]);

describe('a comment that does not end', () => {
  test.each([
    ['before the groups', `${start}  /* what this does${group}`, 6, 3],
    ['within a group, after rules', (start + group).replace('  src -> tgt', '  /* no\n  src -> tgt'), 9, 3],
    ['after the last group', `${start}${group}/* end`, 11, 1],
    ['after a rule on its line', (start + group).replace('= i;', '= i; /* no'), 8, 30],
  ])('%s is reported where it starts', (_, text, line, column) => {
    expect(found(text)).toEqual([['map-comment-unclosed', line, column]]);
    expect(problemsOf(() => parseMap(text, 't')).map(({ rule }) => rule)).toEqual(['map-comment-unclosed']);
  });

  test('a comment that ends, and the mark within quotes, are no error', () => {
    expect(found(`${start}/* a */ /**/ // b /* c${group.replace("'nl'", "'/* nl'")}`)).toEqual([]);
  });
});

describe('a quote that is not closed', () => {
  const broken = (from: string, to: string) => (start + group).replace(from, to);
  test.each([
    ['single, the last of the map', broken(`'nl'`, `'nl`), 9, 25],
    [
      'single, with others after it',
      `${broken(`'nl'`, `'nl`)}group other(source src : Patient, target tgt : Basic) { src -> tgt.language = 'de'; }`,
      9,
      25,
    ],
    ['double', broken(`'nl'`, `"nl`), 9, 25],
    [
      'double, with others after it',
      `${broken(`'nl'`, `"nl`)}group other(source src : Patient, target tgt : Basic) { src -> tgt.language = "de" "x"; }`,
      9,
      25,
    ],
    ['of a url', broken(`StructureDefinition/Patient" alias`, 'StructureDefinition/Patient alias'), 4, 6],
    ['of metadata', broken(`StructureMap/t'`, 'StructureMap/t'), 1, 11],
    ['of a rule name', broken(`'nl';`, `'nl' "dutch;`), 9, 30],
    ['in a condition', broken('src -> tgt', `src where (id = 'a) -> tgt`), 9, 19],
    ['backtick', broken('src -> tgt', 'src -> `tgt'), 9, 10],
    ['three quotes', broken(`'T'`, `"""T`), 2, 12],
  ])('%s: is reported where it opens', (_, text, line, column) => {
    expect(found(text)).toEqual([['map-quote-unclosed', line, column]]);
  });

  test('a text over several lines is closed', () => {
    expect(found(broken(`'nl'`, `'n\nl'`).replace("'T'", '"""T\n"more"\n"""'))).toEqual([]);
    expect(found(broken('src -> tgt', `src where (id = 'it\\'s') -> tgt`))).toEqual([]);
  });
});

describe('a wrong uses', () => {
  const broken = (line: string, indent = '') =>
    `/// url = 'http://example.org/StructureMap/t'
/// name = 'T'
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
${line}
${group}`.replaceAll('\n', `\n${indent}`);
  const basic = 'http://hl7.org/fhir/StructureDefinition/Basic';
  test.each([
    ['a misspelled alias', `uses "${basic}" ^alas Basic as target`],
    ['no alias before its name', `uses "${basic}" ^Basic as target`],
    ['no as', `uses "${basic}" alias Basic ^target`],
    ['a misspelled mode', `uses "${basic}" alias Basic as ^traget`],
    ['no quotes', `uses ^${basic} alias Basic as target`],
    ['no url', 'uses ^alias Basic as target'],
    ['a semicolon too much', `uses "${basic}" alias Basic as target^;`],
  ])('%s is reported there, and only there', (_, marked) => {
    for (const indent of ['', '  ']) {
      const text = broken(marked.replace('^', ''), indent);
      const problems = problemsOf(() => compileMap([{ path: 't.fml', text }]));
      expect([indent, problems.map(({ rule, line, column }) => [rule, line, column])]).toEqual([
        indent,
        [['map-syntax', 4, marked.indexOf('^') + 1 + indent.length]],
      ]);
    }
  });

  test('without its mode is reported where the mode should be', () => {
    expect(found(broken(`uses "${basic}" alias Basic as`))).toEqual([['map-syntax', 6, 1]]);
  });

  test('a model that is misspelled is reported at its url', () => {
    expect(found(broken(`uses "${basic}k" alias Basic as target`))).toEqual([['map-model-unknown', 4, 6]]);
  });
});

describe('a bracket that is not closed is reported where it opens', () => {
  const head = (text: string) => [`${start}\n${text}`, 7] as const;
  test.each([
    [
      'a group, before another',
      `group a(source src : Patient, target tgt : Basic) {\n  src.id as i -> tgt.id = i;\n${group}`,
      '{',
      0,
      51,
    ],
    [
      'a group, at the end',
      'group a(source src : Patient, target tgt : Basic) {\n  src.id as i -> tgt.id = i;\n',
      '{',
      0,
      51,
    ],
    [
      'rules within a rule',
      `group a(source src : Patient, target tgt : Basic) {\n  src then {\n    src.id as i -> tgt.id = i;\n  src -> tgt.language = 'nl';\n}\n`,
      '{',
      1,
      12,
    ],
    [
      'rules two levels down',
      `group a(source src : Patient, target tgt : Basic) {\n  src then {\n    src then {\n      src.id as i -> tgt.id = i;\n  } "x";\n}\n${group}`,
      '{',
      2,
      14,
    ],
    [
      'rules of which the brace is on the next line',
      `group a(source src : Patient, target tgt : Basic) {\n  src where id.exists()\n      then {\n    src then {\n      src.id as i -> tgt.id = i;\n  } "x";\n}\n`,
      '{',
      3,
      14,
    ],
    [
      'a condition',
      'group a(source src : Patient, target tgt : Basic) {\n  src.id as i where (i.exists() -> tgt.id = i;\n}\n',
      '(',
      1,
      21,
    ],
    [
      'a condition, several deep',
      `group a(source src : Patient, target tgt : Basic) {\n  src then {\n    src.id as i where ((i.exists() and (i = 'x')) -> tgt.id = i;\n  } "x";\n}\n`,
      '(',
      2,
      23,
    ],
    [
      'a transform',
      `group a(source src : Patient, target tgt : Basic) {\n  src.id as i -> tgt.id = append(i, 'x';\n}\n`,
      '(',
      1,
      33,
    ],
    [
      'the parameters of a group',
      'group a(source src : Patient, target tgt : Basic {\n  src.id as i -> tgt.id = i;\n}\n',
      '(',
      0,
      8,
    ],
    [
      'an index',
      'group a(source src : Patient, target tgt : Basic) {\n  src where (src.name[0.exists()) -> tgt.language = "nl";\n}\n',
      '[',
      1,
      22,
    ],
  ])('%s', (_, text, bracket, line, column) => {
    const [whole, first] = head(text);
    expect(found(whole)).toEqual([['map-bracket-unclosed', first + line, column]]);
    expect(problemsOf(() => parseMap(whole, 't')).map(({ message }) => message)[0]).toContain(`This ${bracket} is not`);
  });

  test('whichever brace is missing in a map of the network', () => {
    for (const path of ['form/referral-form.fml', 'conversation/json/conversation-form.fml', 'hl7v2/ref-i12.fml']) {
      const text = readFileSync(join(import.meta.dirname, '../../mappings', path), 'utf8');
      const open: { line: number; column: number }[] = [];
      for (const { kind, text: mark, line, column, from, to } of tokens(text)) {
        if (kind === 'mark' && mark === '{') open.push({ line, column });
        if (kind !== 'mark' || mark !== '}') continue;
        const opened = open.pop()!;
        const [first] = problemsOf(() => parseMap(text.slice(0, from) + text.slice(to), path));
        const place = `${path}:${opened.line}:${opened.column}`;
        expect(`${path}:${first?.line}:${first?.column} ${first?.rule}`).toBe(`${place} map-bracket-unclosed`);
      }
    }
  });

  test('an empty collection, and brackets in texts and comments, are no error', () => {
    const text = (start + group).replace('as i', `as i where (i.combine({}).exists() and i != '}) (') /* { ( */`);
    expect(found(text)).toEqual([]);
  });
});
