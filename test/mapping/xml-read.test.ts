import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/fhir/parse-error.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { compileMap } from '../../src/mapping/index.ts';

const url = (name: string): string => `https://example.org/StructureDefinition/${name}`;
const element = (path: string, code: string, max = '1', ...representation: string[]) => ({
  path,
  max,
  type: [{ code }],
  ...(representation.length > 0 ? { representation } : {}),
});
const model = (name: string, elements: object[]): Resource =>
  ({
    resourceType: 'StructureDefinition',
    url: url(name),
    name,
    kind: 'logical',
    type: name,
    derivation: 'specialization',
    extension: [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/elementdefinition-namespace',
        valueUri: 'urn:example:aanmelding',
      },
    ],
    snapshot: { element: [{ path: name }, ...elements] },
  }) as Resource;

/** XML as a system without FHIR writes it: values as text, some as attributes, one with xsi:type. */
const definitions = [
  model('Aanmelding', [
    element('Aanmelding.versie', 'integer', '1', 'xmlAttr'),
    element('Aanmelding.spoed', 'boolean'),
    element('Aanmelding.naam', 'string'),
    element('Aanmelding.klacht', url('Code'), '*'),
    element('Aanmelding.naaste', 'BackboneElement', '*'),
    element('Aanmelding.naaste.naam', 'string'),
    element('Aanmelding.naaste.telefoon', 'string', '*'),
    element('Aanmelding.score', 'Element', '1', 'typeAttr'),
    element('Aanmelding.brief', 'xhtml', '1', 'xhtml'),
  ]),
  model('Code', [element('Code.stelsel', 'string', '1', 'xmlAttr'), element('Code.code', 'string', '1', 'xmlText')]),
];
const map = (rules: string) =>
  compileMap(
    [
      {
        path: 't.fml',
        text: `map "https://example.org/t" = "T"
uses "${url('Aanmelding')}" alias Aanmelding as source
uses "${url('Code')}" alias Code as queried
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
group main(source src : Aanmelding, target tgt : Patient) { ${rules} }`,
      },
    ],
    { definitions },
  );
const read = (xml: string) => map('src.naam as n -> tgt.name as t, t.text = n;').readXml!(xml);
const wrap = (inner: string): string => `<Aanmelding xmlns="urn:example:aanmelding">${inner}</Aanmelding>`;

describe('XML of a logical model', () => {
  test('is read by the representations of its elements', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<a:Aanmelding xmlns:a="urn:example:aanmelding" versie="2">
  <a:spoed>true</a:spoed>
  <a:naam value="Testa Voorbeeld"/>
  <a:klacht stelsel="ICPC">P03</a:klacht>
  <a:naaste><a:naam>Tester &amp; zoon</a:naam><a:telefoon>1</a:telefoon><a:telefoon>2</a:telefoon></a:naaste>
  <a:brief><div xmlns="http://www.w3.org/1999/xhtml">Beste <b>collega</b></div></a:brief>
</a:Aanmelding>`;
    expect(read(xml)).toEqual({
      versie: 2,
      spoed: true,
      naam: 'Testa Voorbeeld',
      klacht: [{ stelsel: 'ICPC', code: 'P03' }],
      naaste: [{ naam: 'Tester & zoon', telefoon: ['1', '2'] }],
      brief: expect.stringContaining('Beste <b>collega</b>'),
    });
  });

  test('runs through a map like any other input', () => {
    const made = map(
      `src.naam as n -> tgt.name as t, t.text = n;
       src.naaste as it -> tgt.contact as c then { it.naam as n -> c.name as t, t.text = n; };
       src.klacht as k where (stelsel = 'ICPC') -> tgt.identifier as i then { k.code as c -> i.value = c; };`,
    );
    const input = made.readXml!(
      wrap('<naam>Testa</naam><klacht stelsel="ICPC">P03</klacht><naaste><naam>Tester</naam></naaste>'),
    );
    expect(made.run(input).output).toEqual({
      resourceType: 'Patient',
      name: [{ text: 'Testa' }],
      contact: [{ name: { text: 'Tester' } }],
      identifier: [{ value: 'P03' }],
    });
  });

  test('keeps elements outside the model, so that they are reported as not mapped', () => {
    const made = map('src.naam as n -> tgt.name as t, t.text = n;');
    const input = made.readXml!(wrap('<naam>Testa</naam><extra soort="x"><a>1</a><a>2</a></extra><los>3</los>'));
    expect(input).toEqual({ naam: 'Testa', extra: { soort: 'x', a: ['1', '2'] }, los: '3' });
    expect(made.run(input, { trace: true }).trace?.unread).toEqual([
      'Aanmelding.extra.soort',
      'Aanmelding.extra.a[0]',
      'Aanmelding.extra.a[1]',
      'Aanmelding.los',
    ]);
  });

  test('keeps elements and attributes that have a name of the language', () => {
    expect(read(wrap('<constructor>a</constructor><extra toString="b"><valueOf>c</valueOf></extra>'))).toEqual(
      JSON.parse('{"constructor":"a","extra":{"toString":"b","valueOf":"c"}}'),
    );
  });

  test('keeps text and elements of one name outside the model apart', () => {
    expect(read(wrap('<extra>a<text>b</text>c</extra><los x="1" xmlns:y="urn:y" y:x="2"/>'))).toEqual({
      extra: { text: ['b', 'ac'] },
      los: { x: ['1', '2'] },
    });
  });

  test.each([
    ['another root', '<Anders xmlns="urn:example:aanmelding"/>', 'xml-namespace-invalid'],
    ['another namespace', '<Aanmelding xmlns="urn:anders"/>', 'xml-namespace-invalid'],
    ['a part of another namespace', wrap('\n<naam xmlns="urn:anders">x</naam>'), 'xml-namespace-invalid'],
    ['a second of what stands once', wrap('<naam>a</naam>\n<naam>b</naam>'), 'xml-element-repeated'],
    ['text where there is none', wrap('<naaste>los</naaste>'), 'xml-text-forbidden'],
    ['text around an element in a text', wrap('<naam>A <b>vet</b> C</naam>'), 'xml-element-unknown'],
    ['an element in place of a text', wrap('<naam><achternaam>A</achternaam></naam>'), 'xml-element-unknown'],
    ['an element in a repeated text', wrap('<naaste><telefoon>1<i>2</i></telefoon></naaste>'), 'xml-element-unknown'],
    ['an attribute of a text', wrap('<naam soort="roep">A</naam>'), 'xml-attribute-unknown'],
    ['an attribute beside value', wrap('<naam value="A" soort="roep"/>'), 'xml-attribute-unknown'],
    ['a value of another namespace', wrap('<naam xmlns:x="urn:x" x:value="A"/>'), 'xml-attribute-unknown'],
    ['text beside value', wrap('<naam value="A">B</naam>'), 'xml-text-forbidden'],
    ['an entity', '<!DOCTYPE a [<!ENTITY x "y">]><a/>', 'xml-doctype-forbidden'],
    ['half a text', '<Aanmelding xmlns="urn:example:aanmelding"><naam>', 'xml-incomplete'],
    ['a well without bottom', wrap('<naaste>'.repeat(100) + '</naaste>'.repeat(100)), 'nested-too-deep'],
  ])('%s is an error with its place', (_, xml, rule) => {
    let found: unknown;
    try {
      read(xml);
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(ParseError);
    expect((found as ParseError).issues.map((it) => it.rule)).toEqual([rule]);
    expect((found as ParseError).line).toBeGreaterThan(0);
  });

  test('a map that reads FHIR or JSON has no XML reader', () => {
    const text = `map "https://example.org/t" = "T"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
group main(source src : Patient, target tgt : Patient) { src -> tgt: id; }`;
    expect(compileMap([{ path: 't', text }]).readXml).toBeUndefined();
  });

  test('reads back unchanged, for any values', () => {
    const back = compileMap(
      [
        {
          path: 't.fml',
          text: `map "https://example.org/t" = "T"
uses "${url('Aanmelding')}" alias Aanmelding as source
uses "${url('Aanmelding')}" alias Uit as target
group main(source src : Aanmelding, target tgt : Uit) { src -> tgt: versie, spoed, naam, klacht, naaste; }`,
        },
      ],
      { definitions },
    );
    const words = fc.stringMatching(/^[^\s<]([ -~]{0,20}[!-~])?$/);
    const input = fc.record(
      {
        versie: fc.integer(),
        spoed: fc.boolean(),
        naam: words,
        klacht: fc.array(fc.record({ stelsel: words, code: words }), { minLength: 1, maxLength: 3 }),
        naaste: fc.array(fc.record({ naam: words, telefoon: fc.array(words, { minLength: 1, maxLength: 3 }) }), {
          minLength: 1,
          maxLength: 3,
        }),
      },
      { requiredKeys: ['naam'] },
    );
    fc.assert(
      fc.property(input, (it) => {
        expect(back.readXml!(String(back.run(it).output))).toEqual(it);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an element of another name than the model has is unread, with the name that was meant', () => {
  const whole = map(
    'src.naam as n -> tgt.name as t, t.text = n; src.naaste as x -> tgt.contact as c, c.name as m then { x.naam as n -> m.text = n; };',
  );
  const found = (xml: string) =>
    whole
      .run(whole.readXml!(xml), { trace: true })
      .trace!.unread.map((path) => `${path} ${whole.nearName(path) ?? ''}`);

  test.each([
    ['a letter too many', '<naamm>x</naamm>', ['Aanmelding.naamm naam']],
    ['another case', '<Naam>x</Naam>', ['Aanmelding.Naam naam']],
    ['inside a part', '<naaste><naam>a</naam><telefon>1</telefon></naaste>', ['Aanmelding.naaste[0].telefon telefoon']],
    ['a part', '<naasten><naam>a</naam></naasten>', ['Aanmelding.naasten.naam naaste']],
    [
      'an attribute',
      '<klacht stelse="x">P03</klacht>',
      ['Aanmelding.klacht[0].stelse stelsel', 'Aanmelding.klacht[0].code '],
    ],
    ['far from any', '<huisdier>x</huisdier>', ['Aanmelding.huisdier ']],
    ['in the model, but read by no rule', '<spoed>true</spoed>', ['Aanmelding.spoed ']],
    ['twice', '<naamm>x</naamm><naamm>y</naamm>', ['Aanmelding.naamm[0] naam', 'Aanmelding.naamm[1] naam']],
  ])('%s', (_, inner, expected) => {
    expect(found(wrap(inner))).toEqual(expected);
  });
});
