/**
 * HL7's own test cases of the mapping language (FHIR/fhir-test-cases, r5/structure-mapping): they are reference,
 * not ours to publish, and are read where they lie. The logical models that two of them need are written here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { compileMap, MapError, parseMap } from '../../src/mapping/index.ts';

const folder = join(import.meta.dirname, '../../../shared/data/fml/official');
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const json = (name: string): Record<string, unknown> => JSON.parse(text(name).replace(/^\uFEFF/, ''));
const compile = (name: string) => compileMap([{ path: name, text: text(name) }], { definitions: cda });

const url = (name: string): string => `http://hl7.org/fhir/cdatest/StructureDefinition/${name}`;
const logical = (name: string, elements: object[]): Resource =>
  ({
    resourceType: 'StructureDefinition',
    url: url(name),
    name,
    kind: 'logical',
    type: name,
    derivation: 'specialization',
    extension: [
      { url: 'http://hl7.org/fhir/tools/StructureDefinition/xml-namespace', valueUri: 'urn:hl7-org:v3-test' },
    ],
    snapshot: { element: [{ path: name }, ...elements] },
  }) as Resource;
const element = (path: string, code: string, representation?: string, max = '1') => ({
  path,
  max,
  type: [{ code }],
  ...(representation ? { representation: [representation] } : {}),
});
const cda = [
  logical('ClinicalDocument', [
    element('ClinicalDocument.code', url('CE')),
    element('ClinicalDocument.title', url('ST')),
  ]),
  logical('ST', [element('ST.data', 'string', 'xmlText')]),
  logical('CE', [element('CE.code', 'code', 'xmlAttr'), element('CE.translation', url('CD'), 'typeAttr', '*')]),
  logical('CD', [element('CD.code', 'code', 'xmlAttr')]),
];

/** Declaration and white space between tags say nothing. */
const canonicalXml = (xml: string): string =>
  xml
    .replace(/^<\?xml[^>]*\?>/, '')
    .replace(/\s+/g, ' ')
    .replace(/> </g, '><')
    .replace(/ \/>/g, '/>')
    .trim();

describe.skipIf(!existsSync(folder))('the official cases', () => {
  const manifest = existsSync(folder)
    ? [...text('manifest.xml').matchAll(/<test name="([^"]*)" source="([^"]*)" map="([^"]*)" output="([^"]*)"/g)]
    : [];

  test('are ten', () => {
    expect(manifest).toHaveLength(10);
  });

  test.each(
    manifest.map(([, name = '', source = '', map = '', output = '']) => ({
      name: name.replace(/^.*\//, ''),
      source,
      map,
      output,
    })),
  )('$name: $map makes $output of $source', ({ source, map, output }) => {
    const { output: made, issues } = compile(map).run(json(source));
    expect(issues).toBeUndefined();
    if (output.endsWith('.xml')) expect(canonicalXml(String(made))).toBe(canonicalXml(text(output)));
    else expect(made).toEqual(json(output));
  });

  test('cast.map: a value keeps its type in a choice, or takes the one it is cast to', () => {
    expect(compile('cast.map').run(json('qrext.json')).output).toEqual({
      resourceType: 'Observation',
      extension: [
        { url: 'urn:implicitstring', valueString: 'implicit' },
        { url: 'urn:explicitstring', valueString: 'explicit' },
        { url: 'urn:positiveInt', valuePositiveInt: 2147483647 },
        { url: 'urn:positiveIntString', valuePositiveInt: 2147483647 },
      ],
    });
  });

  test('qr2patfordates.map: dates are reckoned with', () => {
    expect(compile('qr2patfordates.map').run(json('qrext.json')).output).toEqual({
      resourceType: 'Patient',
      birthDate: '2023-10-26',
      deceasedDateTime: '2023-09-20T13:19:13.502Z',
    });
  });

  test('whereclause.map: where looks at each item, and what is logged of a message is not shown', () => {
    const input = {
      resourceType: 'CapabilityStatement',
      rest: [
        {
          mode: 'server',
          resource: [
            { type: 'Patient', interaction: [{ code: 'read' }, { code: 'vread' }] },
            { type: 'Task', interaction: [{ code: 'read' }] },
          ],
        },
      ],
    };
    const { output, issues } = compile('whereclause.map').run(input);
    expect(output).toEqual({
      resourceType: 'CapabilityStatement',
      rest: [{ resource: [{ interaction: [{ code: 'vread' }] }] }],
    });
    expect(issues?.map(({ rule, expression }) => [rule, expression])).toEqual([
      ['map-note-withheld', 'CapabilityStatement.rest[0].resource[0].interaction[1]'],
    ]);
    expect(JSON.stringify(issues)).not.toContain('vread');
  });

  test('syntaxshort.map: a default group goes between two strings', () => {
    expect(
      compile('syntaxshort.map').run({ resourceType: 'CapabilityStatement', name: 'a', title: 'b' }).output,
    ).toEqual({
      resourceType: 'CapabilityStatement',
      name: 'a',
      title: 'b',
    });
  });

  test('syntax.map: is read whole, and its slip of the pen is found when it is compiled', () => {
    expect(parseMap(text('syntax.map'), 'syntax.map')).toMatchObject({
      url: 'http://github.com/FHIR/fhir-test-cases/r5/fml/syntax',
      name: 'syntax',
      description: 'description',
      group: [{ name: 'Patient' }, { name: 'Patient2Patient' }],
    });
    expect(() => compile('syntax.map')).toThrow(MapError);
    expect(() => compile('syntax.map')).toThrow(
      /syntax\.map:14:21 map-unknown-element .*Basic has no element identifer\. Did you mean identifier\?/,
    );
  });

  test('ActivityDefinition.map: is read; without the maps that it imports it is not compiled', () => {
    expect(parseMap(text('ActivityDefinition.map'), 'x').group).toHaveLength(3);
    expect(() => compile('ActivityDefinition.map')).toThrow(/no group DomainResource in this map or its imports/);
  });
});
