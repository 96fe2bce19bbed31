import { describe, expect, test } from 'vitest';
import { compileMap, formatMap, parseMap } from '../../src/mapping/index.ts';

const structure = [
  { url: 'http://hl7.org/fhir/StructureDefinition/Patient', mode: 'source', alias: 'P' },
  { url: 'http://hl7.org/fhir/StructureDefinition/Patient', mode: 'target', alias: 'Q' },
];
const input = [
  { name: 'src', type: 'P', mode: 'source' },
  { name: 'tgt', type: 'Q', mode: 'target' },
];
const named = {
  name: 'n',
  typeMode: 'none',
  input,
  rule: [
    {
      name: 'id',
      source: [{ context: 'src', element: 'id', variable: 'i' }],
      target: [
        { context: 'tgt', contextType: 'variable', element: 'id', transform: 'copy', parameter: [{ valueId: 'i' }] },
      ],
    },
  ],
};
const bare = (valueId: string) => ({ contextType: 'variable', transform: 'copy', parameter: [{ valueId }] });
const map = (rule: object, more: object[] = [named]) =>
  JSON.stringify({
    resourceType: 'StructureMap',
    url: 'http://example.org/StructureMap/b',
    name: 'B',
    status: 'draft',
    structure,
    group: [{ name: 'm', typeMode: 'none', input, rule: [rule] }, ...more],
  });
const call = [{ name: 'n', variable: ['src', 'tgt'] }];
const run = (text: string) => compileMap([{ path: 'x.json', text }]).run({ resourceType: 'Patient', id: 'a' }).output;

describe("a StructureMap with a bare target, as HL7's Java writes `src -> tgt then n(src, tgt)`", () => {
  test.each([
    ['a copy of the variable', { name: 'r', source: [{ context: 'src' }], target: [bare('tgt')], dependent: call }],
    [
      'the variable as context',
      {
        name: 'r',
        source: [{ context: 'src' }],
        target: [{ context: 'tgt', contextType: 'variable' }],
        dependent: call,
      },
    ],
    ['two of them', { name: 'r', source: [{ context: 'src' }], target: [bare('tgt'), bare('tgt')], dependent: call }],
    [
      'beside another target',
      {
        name: 'r',
        source: [{ context: 'src' }],
        target: [
          bare('tgt'),
          {
            context: 'tgt',
            contextType: 'variable',
            element: 'active',
            transform: 'copy',
            parameter: [{ valueBoolean: true }],
          },
        ],
        dependent: call,
      },
    ],
    [
      'with rules below it',
      {
        name: 'r',
        source: [{ context: 'src' }],
        target: [bare('tgt')],
        rule: [{ name: 's', source: [{ context: 'src' }], target: [bare('tgt')], dependent: call }],
      },
    ],
    ['of a source', { name: 'r', source: [{ context: 'src', variable: 's' }], target: [bare('s')], dependent: call }],
    [
      'with the parameters of R5',
      {
        name: 'r',
        source: [{ context: 'src' }],
        target: [{ transform: 'copy', parameter: [{ valueId: 'tgt' }] }],
        dependent: [{ name: 'n', parameter: [{ valueId: 'src' }, { valueId: 'tgt' }] }],
      },
    ],
  ])('%s', (_, rule) => {
    expect(run(map(rule))).toMatchObject({ resourceType: 'Patient', id: 'a' });
    const text = formatMap({ path: 'x', text: map(rule) });
    expect(compileMap([{ path: 'x', text }]).run({ resourceType: 'Patient', id: 'a' }).output).toEqual(run(map(rule)));
    expect(parseMap(text, 'x').group).toHaveLength(2);
  });

  test('still needs a variable that exists', () => {
    expect(() =>
      run(map({ name: 'r', source: [{ context: 'src' }], target: [bare('tgtt')], dependent: call })),
    ).toThrow(/map-variable-unknown .*tgtt.*Did you mean tgt\?/);
  });
});
