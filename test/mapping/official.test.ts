import { describe, expect, test } from 'vitest';
import { MapError, parseMap } from '../../src/mapping/index.ts';
import { compile, json, officialCases, runOfficial, text } from '../conformance/official-maps.ts';
import { isHere } from '../conformance/section.ts';

describe.skipIf(!isHere('fml/official'))('the official cases', () => {
  test('are ten maps', () => {
    expect(officialCases).toHaveLength(10);
  });

  test.each(officialCases)('$name: $map maps $source to $output', (it) => {
    const { made, expected, issues } = runOfficial(it);
    expect(issues).toEqual([]);
    expect(made).toEqual(expected);
  });

  test('cast.map: a value keeps its type in a choice, or takes that of the cast', () => {
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

  test('qr2patfordates.map: date arithmetic', () => {
    expect(compile('qr2patfordates.map').run(json('qrext.json')).output).toEqual({
      resourceType: 'Patient',
      birthDate: '2023-10-26',
      deceasedDateTime: '2023-09-20T13:19:13.502Z',
    });
  });

  test('whereclause.map: where filters each item, and logged values are not shown', () => {
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

  test('syntaxshort.map: a default group applies between two strings', () => {
    expect(
      compile('syntaxshort.map').run({ resourceType: 'CapabilityStatement', name: 'a', title: 'b' }).output,
    ).toEqual({
      resourceType: 'CapabilityStatement',
      name: 'a',
      title: 'b',
    });
  });

  test('syntax.map: parses, and compilation finds its typing error', () => {
    expect(parseMap(text('syntax.map'), 'syntax.map')).toMatchObject({
      url: 'http://github.com/FHIR/fhir-test-cases/r5/fml/syntax',
      name: 'syntax',
      description: 'description',
      group: [{ name: 'Patient' }, { name: 'Patient2Patient' }],
    });
    expect(() => compile('syntax.map')).toThrow(MapError);
    expect(() => compile('syntax.map')).toThrow(
      /syntax\.map:14:21 map-element-unknown .*Basic has no element identifer\. Did you mean identifier\?/,
    );
  });

  test('ActivityDefinition.map: parses; without its imports it does not compile', () => {
    expect(parseMap(text('ActivityDefinition.map'), 'x').group).toHaveLength(3);
    expect(() => compile('ActivityDefinition.map')).toThrow(/no group DomainResource in this map or its imports/);
  });
});
