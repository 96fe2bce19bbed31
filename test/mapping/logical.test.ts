import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { compileMap } from '../../src/mapping/index.ts';

const definition = (name: string, elements: object[], more: object = {}): Resource =>
  ({
    resourceType: 'StructureDefinition',
    url: `http://example.org/${name}`,
    name,
    type: name,
    kind: 'logical',
    derivation: 'specialization',
    differential: { element: [{ path: name }, ...elements] },
    ...more,
  }) as Resource;
const namespace = {
  extension: [{ url: 'http://hl7.org/fhir/tools/StructureDefinition/xml-namespace', valueUri: 'urn:example' }],
};
const text = (target: string, rules: string): string => `map "http://example.org/t" = "T"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "http://example.org/${target}" alias Out as target
group main(source src : Patient, target tgt : Out) { ${rules} }`;
const patient = { resourceType: 'Patient', id: 'a', gender: 'other', name: [{ text: 'A & <B>' }, { text: 'C' }] };

describe('a logical model', () => {
  const person = definition(
    'Person',
    [
      {
        path: 'Person.id',
        max: '1',
        type: [{ code: 'http://hl7.org/fhirpath/System.String' }],
        representation: ['xmlAttr'],
      },
      { path: 'Person.name', max: '*', type: [{ code: 'Name' }] },
      { path: 'Person.kind', max: '1', type: [{ code: 'code' }] },
      { path: 'Person.part', max: '1', type: [{ code: 'BackboneElement' }] },
      { path: 'Person.part.text', max: '1', type: [{ code: 'string' }], representation: ['xmlText'] },
    ],
    namespace,
  );
  const name = definition('Name', [
    { path: 'Name.text', max: '1', type: [{ code: 'string' }], representation: ['xmlText'] },
  ]);
  const run = (rules: string) =>
    compileMap([{ path: 't', text: text('Person', rules) }], { definitions: [person, name] }).run(patient).output;

  test('with a namespace is written as XML by its representations, in the order of the model', () => {
    expect(
      run(
        `src.gender as g -> tgt.kind = g; src -> tgt.part as p, p.text = 'x'; src.name as n -> tgt.name as m, m.text = (n.text); src.id as i -> tgt.id = i;`,
      ),
    ).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<Person xmlns="urn:example" id="a">
  <name>A &amp; &lt;B&gt;</name>
  <name>C</name>
  <kind value="other"/>
  <part>x</part>
</Person>
`,
    );
  });

  test('is type-checked like a FHIR type', () => {
    expect(() => run('src -> tgt.nmae as n;')).toThrow(/Person has no element nmae\. Did you mean name\?/);
    expect(() => run('src -> tgt.part as p, p.txet = "x";')).toThrow(/no element txet\. Did you mean text\?/);
  });

  test('inherits the elements of its parent', () => {
    const child = definition('Child', [{ path: 'Child.age', max: '1', type: [{ code: 'integer' }] }], {
      baseDefinition: 'http://example.org/Person',
    });
    const map = compileMap([{ path: 't', text: text('Child', 'src.id as i -> tgt.id = i; src -> tgt.age = 7;') }], {
      definitions: [child, person, name],
    });
    expect(map.run(patient).output).toEqual({ id: 'a', age: 7 });
  });

  test('with circular inheritance is accepted', () => {
    const circle = definition('Circle', [{ path: 'Circle.inner', max: '1', type: [{ code: 'Circle' }] }], {
      baseDefinition: 'http://example.org/Other',
    });
    const other = definition('Other', [], { baseDefinition: 'http://example.org/Circle' });
    const map = compileMap(
      [
        {
          path: 't',
          text: text(
            'Circle',
            'src -> tgt.inner as a, a.inner as b then Inner(src, b); } group Inner(source a, target b) {',
          ),
        },
      ],
      { definitions: [circle, other] },
    );
    expect(map.run(patient).output).toEqual({});
  });
});
