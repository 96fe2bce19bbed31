import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseXml, readXml, writeXml } from '../../src/fhir/xml.ts';
import { refusal } from '../support/fhir/parse-error-of.ts';
import { runs } from '../support/long.ts';

const fhir = 'xmlns="http://hl7.org/fhir"';
const patient = (content: string): string => `<Patient ${fhir}>${content}</Patient>`;
const refused = (text: string) => refusal(() => readXml(text));
/** The rules that reading complains of, with the place. */
const complaints = (text: string): string[] =>
  readXml(text).issues.map(({ rule, expression }) => `${rule} ${expression}`);

describe('XML becomes the JSON form of FHIR', () => {
  test('repeating elements are arrays, others are not', () => {
    expect(parseXml(patient('<name><family value="A"/><given value="B"/></name><gender value="male"/>'))).toEqual({
      resourceType: 'Patient',
      name: [{ family: 'A', given: ['B'] }],
      gender: 'male',
    });
  });

  test('booleans and numbers have their JSON type; what its type can not read stays text for the validator', () => {
    expect(parseXml(patient('<active value="true"/><multipleBirthInteger value="2"/>'))).toMatchObject({
      active: true,
      multipleBirthInteger: 2,
    });
    expect(parseXml(patient('<active value="yes"/><multipleBirthInteger value="02"/>'))).toMatchObject({
      active: 'yes',
      multipleBirthInteger: '02',
    });
  });

  test('ids and extensions of primitives stand in _name, with null where an item has none', () => {
    const extension = '<extension url="http://x"><valueCode value="UNK"/></extension>';
    expect(
      parseXml(
        patient(
          `<name><given value="A"/><given>${extension}</given><given id="g" value="C"/></name><birthDate>${extension}</birthDate>`,
        ),
      ),
    ).toEqual({
      resourceType: 'Patient',
      name: [
        {
          given: ['A', null, 'C'],
          _given: [null, { extension: [{ url: 'http://x', valueCode: 'UNK' }] }, { id: 'g' }],
        },
      ],
      _birthDate: { extension: [{ url: 'http://x', valueCode: 'UNK' }] },
    });
  });

  test('only extensions: no array of nulls', () => {
    const extension = '<extension url="http://x"><valueCode value="UNK"/></extension>';
    expect(parseXml(patient(`<name><given>${extension}</given></name>`))).toMatchObject({
      name: [{ _given: [{ extension: [{ url: 'http://x' }] }] }],
    });
  });

  test('contained resources and entries lose their wrapper', () => {
    const text = `<Bundle ${fhir}><type value="collection"/><entry><fullUrl value="urn:uuid:1"/><resource><Patient><contained><Organization><id value="o"/></Organization></contained></Patient></resource></entry></Bundle>`;
    expect(parseXml(text)).toEqual({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        {
          fullUrl: 'urn:uuid:1',
          resource: { resourceType: 'Patient', contained: [{ resourceType: 'Organization', id: 'o' }] },
        },
      ],
    });
  });

  test('Parameters and ids of elements', () => {
    const text = `<Parameters ${fhir}><parameter id="p"><name value="n"/><part><name value="m"/><valueDecimal value="1.0"/></part></parameter></Parameters>`;
    expect(parseXml(text)).toEqual({
      resourceType: 'Parameters',
      parameter: [{ id: 'p', name: 'n', part: [{ name: 'm', valueDecimal: 1 }] }],
    });
    expect(writeXml(parseXml(text))).toContain('<valueDecimal value="1.0"/>');
  });

  test('a narrative becomes canonical XHTML, whatever its prefixes and quotes', () => {
    const text = `<Patient ${fhir} xmlns:h="http://www.w3.org/1999/xhtml"><text><status value="generated"/><h:div xml:lang='nl'>é &lt; <![CDATA[<&]]><h:br></h:br><h:p class="a"></h:p><!-- c --></h:div></text></Patient>`;
    expect(parseXml(text)).toMatchObject({
      text: {
        div: '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="nl">é &lt; &lt;&amp;<br/><p class="a"></p><!-- c --></div>',
      },
    });
  });

  test('prefixes, comments, white space and the XML declaration mean nothing', () => {
    const text = `\ufeff<?xml version="1.0" encoding="utf-8"?>\n<!-- c --><f:Patient xmlns:f="http://hl7.org/fhir">\n <f:id value="a"/>\n</f:Patient>\n`;
    expect(parseXml(text)).toEqual({ resourceType: 'Patient', id: 'a' });
  });
});

describe('what can not be read is refused, and the refusal says where', () => {
  test.each([
    ['text-empty', ''],
    ['text-empty', '\ufeff \n'],
    ['xml-incomplete', `<Patient ${fhir}>`],
    ['xml-incomplete', '<!-- only -->'],
    ['xml-tag-mismatch', patient('<name></nam>')],
    ['xml-syntax', patient('<id value=a/>')],
    ['xml-syntax', patient('<id value="a" value="b"/>')],
    ['xml-syntax', `${patient('')}<x/>`],
    ['xml-syntax', 'Patient'],
    ['xml-syntax', '<p:Patient/>'],
    ['xml-character-invalid', patient('<id value="\u0001"/>')],
    ['xml-entity-unknown', patient('<id value="&nbsp;"/>')],
    ['xml-processing-instruction-forbidden', `<?xml-stylesheet href="x"?>${patient('')}`],
    ['xml-processing-instruction-forbidden', patient('<?php x ?>')],
    ['xml-declaration-unsupported', `<?xml version="1.1"?>${patient('')}`],
    ['xml-declaration-unsupported', `<?xml version="1.0" encoding="ISO-8859-1"?>${patient('')}`],
    ['xml-namespace-invalid', '<Patient/>'],
    ['xml-namespace-invalid', '<Patient xmlns="http://hl7.org/fhir/"/>'],
    ['xml-resource-type-unknown', `<Verwijzing ${fhir}/>`],
    ['xml-resource-type-unknown', `<DomainResource ${fhir}/>`],
    ['xml-resource-type-unknown', patient('<contained><HumanName/></contained>')],
  ])('%s: %j', (rule, text) => {
    expect(refused(text).rule).toBe(rule);
  });

  test('a DOCTYPE, before anything in it is looked at', () => {
    const text = `<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>\n<Patient ${fhir}><id value="&a;"/></Patient>`;
    expect(refused(text)).toMatchObject({ rule: 'xml-doctype-forbidden', line: 2, column: 1 });
  });

  test('line and column of what is wrong', () => {
    expect(refused(patient('\n  <name>\n    </nam>'))).toMatchObject({ line: 3 });
  });

  test('nesting over the limit, counted as in JSON', () => {
    const nested = (depth: number) =>
      `<Basic ${fhir}>${'<extension url="x">'.repeat(depth - 1)}${'</extension>'.repeat(depth - 1)}</Basic>`;
    expect(() => readXml(nested(64))).not.toThrow();
    expect(refused(nested(65))).toMatchObject({ rule: 'nested-too-deep' });
    const div = (depth: number) =>
      patient(
        `<text><div xmlns="http://www.w3.org/1999/xhtml">${'<b>'.repeat(depth)}${'</b>'.repeat(depth)}</div></text>`,
      );
    expect(refused(div(64)).rule).toBe('nested-too-deep');
  });
});

describe('what FHIR does not want in XML is told, and nothing is dropped', () => {
  test('elements out of order', () => {
    const text = patient('<gender value="male"/><name><given value="A"/><family value="B"/></name>');
    expect(complaints(text)).toEqual(['xml-element-order Patient.name[0]', 'xml-element-order Patient.name[0].family']);
    expect(readXml(text).resource).toMatchObject({ gender: 'male', name: [{ given: ['A'], family: 'B' }] });
  });

  test('an element that may not repeat', () => {
    const { resource, issues } = readXml(patient('<gender value="male"/><gender value="female"/>'));
    expect(issues.map(({ rule }) => rule)).toEqual(['xml-element-repeated']);
    expect(resource).toMatchObject({ gender: ['male', 'female'] });
  });

  test('repetitions that are torn apart', () => {
    const { resource, issues } = readXml(
      patient('<name><given value="A"/><prefix value="dr."/><given value="B"/></name>'),
    );
    expect(issues.map(({ rule, expression }) => `${rule} ${expression}`)).toEqual([
      'xml-element-order Patient.name[0].given[1]',
    ]);
    expect(resource).toMatchObject({ name: [{ given: ['A', 'B'] }] });
  });

  test('unknown elements, kept as properties for the validator', () => {
    const { resource, issues } = readXml(
      patient('<bsn value="x"/>\n<adres><straat value="a"/><straat value="b"/></adres><birthDate value="2000"/>'),
    );
    expect(issues.map(({ rule, expression, line }) => `${line} ${rule} ${expression}`)).toEqual([
      '1 xml-element-unknown Patient.bsn',
      '2 xml-element-unknown Patient.adres',
    ]);
    expect(resource).toMatchObject({ bsn: 'x', adres: { straat: ['a', 'b'] }, birthDate: '2000' });
  });

  test('an element named to change the object it stands in is told and goes no further', () => {
    const { resource, issues } = readXml(patient('<__proto__><polluted value="x"/></__proto__>'));
    expect(issues.map(({ rule }) => rule)).toEqual(['xml-element-unknown']);
    expect((resource as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each([
    ['xml-attribute-unknown', '<birthDate value="2000" lang="nl"/>'],
    ['xml-attribute-unknown', '<name use="official"><family value="A"/></name>'],
    ['xml-text-forbidden', '<birthDate>2000</birthDate>'],
    ['xml-text-forbidden', 'text'],
    ['xml-element-empty', '<birthDate/>'],
    ['xml-element-empty', '<name/>'],
    ['xml-resource-count', '<contained/>'],
    ['xml-resource-count', '<contained><Basic><id value="a"/></Basic><Basic><id value="b"/></Basic></contained>'],
    ['xml-namespace-invalid', '<text><status value="empty"/><div>x</div></text>'],
    ['xml-namespace-invalid', '<birthDate xmlns="urn:other" value="2000"/>'],
  ])('%s: %s', (rule, content) => {
    const { issues } = readXml(patient(content));
    expect(issues.map((it) => it.rule)).toContain(rule);
    expect(refusal(() => parseXml(patient(content))).issues.map((it) => it.rule)).toContain(rule);
  });

  test('the root may not carry its id as an attribute', () => {
    expect(complaints(`<Patient ${fhir} id="a"/>`)).toEqual(['xml-attribute-unknown Patient']);
  });

  test('a schema location is only warned of: published examples have it', () => {
    const text = `<Patient ${fhir} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir x.xsd"><id value="a"/></Patient>`;
    expect(readXml(text).issues.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
      'warning xml-schema-location-ignored',
    ]);
    expect(parseXml(text)).toEqual({ resourceType: 'Patient', id: 'a' });
  });

  test('all of it at once, in one ParseError', () => {
    const error = refusal(() => parseXml(patient('<x/><gender value="male" y="1"/>z')));
    expect(error.issues.map(({ rule }) => rule)).toEqual([
      'xml-element-unknown',
      'xml-attribute-unknown',
      'xml-text-forbidden',
    ]);
  });
});

describe('writing', () => {
  test('elements in the order of the definition, not of the properties', () => {
    const resource = { resourceType: 'Patient', gender: 'male', name: [{ given: ['A'], family: 'B' }], id: 'p' };
    expect(writeXml(resource)).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Patient ${fhir}><id value="p"/><name><family value="B"/><given value="A"/></name><gender value="male"/></Patient>`,
    );
  });

  test('pretty', () => {
    expect(writeXml({ resourceType: 'Patient', id: 'p' }, { pretty: true })).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Patient ${fhir}>\n  <id value="p"/>\n</Patient>\n`,
    );
  });

  test('a narrative can not break out of its place', () => {
    const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">a</div><status value="x"/>' };
    expect(refusal(() => writeXml({ resourceType: 'Patient', text } as never)).rule).toBe('xhtml-syntax');
  });

  test.each([
    ['an unknown property', { resourceType: 'Patient', bsn: 'x' }],
    ['an unknown type', { resourceType: 'Verwijzing' }],
    ['an object for a text', { resourceType: 'Patient', gender: {} }],
    ['a text for an object', { resourceType: 'Patient', name: ['x'] }],
    ['one for many', { resourceType: 'Patient', name: { family: 'x' } }],
    ['null', { resourceType: 'Patient', name: [null] }],
    ['a control character', { resourceType: 'Patient', gender: 'a\u0000' }],
    ['half a surrogate pair', { resourceType: 'Patient', gender: '\ud800' }],
    ['a contained thing that is no resource', { resourceType: 'Patient', contained: [{ id: 'a' }] }],
  ])('%s has no XML', (_, resource) => {
    expect(refusal(() => writeXml(resource)).rule).toBe('xml-not-writable');
  });
});

test('whatever stands in the text, reading ends in a resource or in a ParseError', () => {
  const start = patient(
    '<name><given value="A"/></name><text><div xmlns="http://www.w3.org/1999/xhtml"><p>a</p></div></text>',
  );
  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    '"',
    '&',
    '&amp;',
    '<x>',
    '</x>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    ' ',
    'xmlns',
    '=',
    '\u0000',
    'é',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), pieces, fc.nat(3)), { minLength: 1, maxLength: 4 }), (changes) => {
      let text = start;
      for (const [at, piece, drop] of changes) {
        const place = at % text.length;
        text = text.slice(0, place) + piece + text.slice(place + drop);
      }
      const error = refusal(() => readXml(text), true);
      if (error) expect(error.line).toBeGreaterThan(0);
    }),
    { numRuns: runs(2000) },
  );
});
