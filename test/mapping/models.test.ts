import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { parseXml } from '../../src/fhir/xml.ts';
import { compileMap } from '../../src/mapping/index.ts';
import { problemsOf } from '../support/mapping/problems.ts';

type Element = { path: string; [key: string]: unknown };
const model = (url: string, elements: readonly Element[], more: object = {}): Resource =>
  ({
    resourceType: 'StructureDefinition',
    url,
    name: elements[0]?.path,
    type: elements[0]?.path,
    status: 'draft',
    kind: 'logical',
    abstract: false,
    derivation: 'specialization',
    differential: { element: elements },
    ...more,
  }) as unknown as Resource;
const of = (path: string, code: string, more: object = {}): Element => ({ path, max: '1', type: [{ code }], ...more });

const head = `/// url = 'http://example.org/StructureMap/t'
/// name = 'T'
/// status = 'draft'
`;
const patient = { resourceType: 'Patient', id: 'a', gender: 'other', name: [{ text: 'Testa' }] };

describe('a constraint on a logical model is a type of its own', () => {
  const base = 'http://example.org/lab';
  const any = model(`${base}/Value`, [
    { path: 'Value' },
    of('Value.text[x]', 'string', { type: [{ code: 'string' }, { code: 'base64Binary' }] }),
    of('Value.language', 'code'),
    of('Value.checksum', 'string'),
  ]);
  const plain = model(
    `${base}/PlainValue`,
    [
      { path: 'Value' },
      of('Value.text[x]', 'string', { short: 'text only' }),
      { path: 'Value.checksum', max: '0' },
      { path: 'Value.language', min: 1 },
    ],
    { name: 'PlainValue', derivation: 'constraint', baseDefinition: `${base}/Value` },
  );
  const report = model(`${base}/Report`, [
    { path: 'Report' },
    of('Report.title', `${base}/PlainValue`),
    of('Report.remark', `${base}/Value`, { max: '*' }),
    of('Report.footer', `${base}/Value`, { type: [{ code: `${base}/Value`, profile: [`${base}/PlainValue`] }] }),
  ]);
  const run = (rules: string, definitions: readonly Resource[] = [any, plain, report]) =>
    compileMap(
      [
        {
          path: 't',
          text: `${head}uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "${base}/Report" alias Report as target
uses "${base}/PlainValue" alias PlainValue as target
group main(source src : Patient, target tgt : Report) { ${rules} }`,
        },
      ],
      { definitions },
    ).run(patient).output;

  test('with the elements of its base, narrowed', () => {
    expect(run(`src -> tgt.title as t, t.text = 'x', t.language = 'nl';`)).toEqual({
      title: { textString: 'x', language: 'nl' },
    });
    expect(run(`src -> tgt.footer as t, t.text = 'x';`)).toEqual({ footer: { textString: 'x' } });
    expect(problemsOf(() => run(`src -> tgt.title as t, t.checksum = 'x';`)).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^PlainValue has no element checksum\./),
    ]);
    expect(run(`src -> tgt.remark as t, t.text = 'x', t.checksum = 'y';`)).toEqual({
      remark: [{ textString: 'x', checksum: 'y' }],
    });
  });

  test('that stands where its base may stand', () => {
    expect(run(`src -> tgt.remark = create('PlainValue') as t, t.text = 'x';`)).toEqual({
      remark: [{ textString: 'x' }],
    });
  });

  test('whose override of an element keeps what it does not repeat', () => {
    const coded = model(`${base}/Coded`, [
      { path: 'Coded' },
      of('Coded.code', 'code'),
      of('Coded.qualifier', `${base}/Coded`, { max: '*' }),
    ]);
    const once = model(`${base}/Once`, [{ path: 'Once' }, { path: 'Once.qualifier', min: 0 }], {
      baseDefinition: `${base}/Coded`,
    });
    const text = `${head}uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "${base}/Once" alias Once as target
group main(source src : Patient, target tgt : Once) { src -> tgt.qualifier as q, q.code = 'a'; src -> tgt.qualifier as q, q.code = 'b'; }`;
    expect(compileMap([{ path: 't', text }], { definitions: [coded, once] }).run(patient).output).toEqual({
      qualifier: [{ code: 'a' }, { code: 'b' }],
    });
  });

  test('whose slices and elements below a data type do not become elements', () => {
    const sliced = model(
      `${base}/Sliced`,
      [
        { path: 'Report' },
        { id: 'Report.remark:first', path: 'Report.remark', sliceName: 'first', max: '1' },
        { id: 'Report.remark:first.language', path: 'Report.remark.language', max: '0' },
        { id: 'Report.title.language', path: 'Report.title.language', min: 1 },
      ],
      { name: 'Sliced', derivation: 'constraint', baseDefinition: `${base}/Report` },
    );
    const text = `${head}uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "${base}/Sliced" alias Sliced as target
group main(source src : Patient, target tgt : Sliced) {
  src -> tgt.remark as r, r.text = 'a', r.language = 'nl';
  src -> tgt.remark as r, r.text = 'b';
  src -> tgt.title as t, t.text = 'c';
}`;
    expect(
      compileMap([{ path: 't', text }], { definitions: [any, plain, report, sliced] }).run(patient).output,
    ).toEqual({ remark: [{ textString: 'a', language: 'nl' }, { textString: 'b' }], title: { textString: 'c' } });
  });

  test('in XML, as HL7 publishes it: the root element has the name of the path, not of the definition', () => {
    const xml = (kind: string, name: string, path: string, elements: string, parent = 'Base'): Resource =>
      parseXml(`<StructureDefinition xmlns="http://hl7.org/fhir">
  <extension url="http://hl7.org/fhir/tools/StructureDefinition/xml-namespace"><valueUri value="urn:example:v3"/></extension>
  <url value="${base}/x/${name}"/><name value="X.${name}"/><status value="draft"/><kind value="logical"/><abstract value="false"/>
  <type value="${path}"/><baseDefinition value="${base}/x/${parent}"/><derivation value="${kind}"/>
  <differential><element id="${path}"><path value="${path}"/></element>${elements}</differential></StructureDefinition>`);
    const element = (path: string, type: string, how = '') =>
      `<element id="${path}"><path value="${path}"/>${how}<max value="1"/><type><code value="${type}"/></type></element>`;
    const definitions = [
      xml('specialization', 'Doc', 'Doc', element('Doc.head', `${base}/x/TX`)),
      xml(
        'specialization',
        'BIN',
        'BIN',
        element('BIN.body[x]', 'string', '<representation value="xmlText"/>') +
          element('BIN.kind', 'code', '<representation value="xmlAttr"/>'),
      ),
      xml('constraint', 'TX', 'BIN', element('BIN.kind', 'code', '<representation value="xmlAttr"/>'), 'BIN'),
    ];
    const text = `${head}uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "${base}/x/Doc" alias Doc as target
group main(source src : Patient, target tgt : Doc) { src -> tgt.head as h, h.body = 'Hello', h.kind = 'a'; }`;
    expect(compileMap([{ path: 't', text }], { definitions }).run(patient).output).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Doc xmlns="urn:example:v3">\n  <head kind="a">Hello</head>\n</Doc>\n',
    );
  });
});

describe('an alias', () => {
  const theirs = model('http://example.org/other/Observation', [
    { path: 'Observation' },
    of('Observation.text', 'string'),
  ]);
  const fhir = 'uses "http://hl7.org/fhir/StructureDefinition/Observation" alias Observation as target\n';
  const other = 'uses "http://example.org/other/Observation" alias Theirs as source\n';
  const group = `group Main(source src : Theirs, target tgt : Observation) { src.text as t -> tgt.code as c, c.text = t; }`;
  const run = (uses: string, text = group) =>
    compileMap([{ path: 't.fml', text: head + uses + text }], { definitions: [theirs] }).run({ text: 'x' }).output;

  test.each([
    ['before', fhir + other],
    ['after', other + fhir],
  ])('that is declared %s another model of the same name keeps its meaning', (_, uses) => {
    expect(run(uses)).toEqual({ resourceType: 'Observation', code: { text: 'x' } });
  });

  test('is not needed for the model that is named without one', () => {
    expect(run(`${'uses "http://hl7.org/fhir/StructureDefinition/Observation" as target\n'}${other}`)).toEqual({
      resourceType: 'Observation',
      code: { text: 'x' },
    });
    expect(
      run(
        `uses "http://hl7.org/fhir/StructureDefinition/Basic" alias Basic as target\nuses "http://example.org/other/Observation" as source\n`,
        `group Main(source src : Observation, target tgt : Basic) { src.text as t -> tgt.code as c, c.text = t; }`,
      ),
    ).toEqual({ resourceType: 'Basic', code: { text: 'x' } });
  });

  test('that is declared for two models keeps the first, with a warning at the second', () => {
    const map = compileMap(
      [
        {
          path: 't.fml',
          text: `${head}${fhir}uses "http://hl7.org/fhir/StructureDefinition/Basic" alias Observation as source\n${other}${group}`,
        },
      ],
      { definitions: [theirs] },
    );
    expect(map.run({ text: 'x' }).output).toEqual({ resourceType: 'Observation', code: { text: 'x' } });
    expect(map.warnings.map(({ rule, line }) => [rule, line])).toEqual([['map-alias-repeated', 5]]);
  });
});

describe('a model that is not loaded', () => {
  const map = (uses: string, type: string) =>
    `${head}${uses}\nuses "http://hl7.org/fhir/StructureDefinition/Basic" alias Basic as target
group main(source src : ${type}, target tgt : Basic) { src.gender as g -> tgt.code as c, c.text = g; }`;

  test.each([
    [
      'of another publisher, by the name of an R4 type',
      'uses "http://example.org/StructureDefinition/Patient" alias Patient as source',
      'Patient',
    ],
    [
      'of another publisher, without an alias',
      'uses "http://example.org/StructureDefinition/Patient" as source',
      'Patient',
    ],
    [
      'of another version of FHIR',
      'uses "http://hl7.org/fhir/3.0/StructureDefinition/Patient" alias Patient as source',
      'Patient',
    ],
    [
      'of another version of R4, by its canonical',
      'uses "http://hl7.org/fhir/StructureDefinition/Patient|3.0.1" alias Patient as source',
      'Patient',
    ],
    [
      'whose alias no group uses',
      'uses "http://example.org/StructureDefinition/Patient" alias Mine as source\nuses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source',
      'Patient',
    ],
  ])('%s: is an error at its url, and never read as R4', (_, uses, type) => {
    const found = problemsOf(() => compileMap([{ path: 't.fml', text: map(uses, type) }]));
    expect(found.map(({ rule, line, column }) => [rule, line, column])).toEqual([['map-model-unknown', 4, 6]]);
  });

  test.each([
    ['http://hl7.org/fhir/StructureDefinition/Pateint', 'http://hl7.org/fhir/StructureDefinition/Patient'],
    ['http://hl7.org/fhir/StructuresDefinition/Patient', 'http://hl7.org/fhir/StructureDefinition/Patient'],
    ['https://example.org/other/Observatoin', 'http://example.org/other/Observation'],
  ])('is reported with the url that it resembles: %s', (url, suggestion) => {
    const theirs = model('http://example.org/other/Observation', [{ path: 'Observation' }]);
    const found = problemsOf(() =>
      compileMap([{ path: 't.fml', text: map(`uses "${url}" alias X as source`, 'X') }], { definitions: [theirs] }),
    );
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining(`Did you mean ${suggestion}?`)]);
  });

  test('the canonical of R4 with its version is R4', () => {
    for (const url of [
      'http://hl7.org/fhir/StructureDefinition/Patient|4.0.1',
      'http://hl7.org/fhir/4.0/StructureDefinition/Patient',
    ])
      expect(
        problemsOf(() => compileMap([{ path: 't.fml', text: map(`uses "${url}" alias P as source`, 'P') }])),
      ).toEqual([]);
  });
});

describe('an abstract logical model', () => {
  const url = 'http://example.org/Entry';
  const entry = model(
    url,
    [
      { path: 'Entry' },
      of('Entry.part', 'BackboneElement'),
      of('Entry.part.text', 'string'),
      of('Entry.part.inner', 'BackboneElement', { max: '*' }),
      of('Entry.part.inner.text', 'string'),
    ],
    { abstract: true },
  );
  const note = model('http://example.org/Note', [{ path: 'Note' }, of('Note.extra', 'string')], {
    baseDefinition: url,
  });
  const run = (target: string, rules: string, more = '') =>
    compileMap(
      [
        {
          path: 't',
          text: `${head}uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "${url}" alias Entry as target
uses "http://example.org/Note" alias Note as target
group main(source src : Patient, target tgt : ${target}) { ${rules} }\n${more}`,
        },
      ],
      { definitions: [entry, note] },
    ).run(patient).output;

  test('has nested parts that a map can make', () => {
    const rules = `src -> tgt.part as p, p.text = 'a', p.inner as i, i.text = 'b';`;
    expect(run('Entry', rules)).toEqual({ part: { text: 'a', inner: [{ text: 'b' }] } });
    expect(run('Note', `${rules} src -> tgt.extra = 'c';`)).toEqual({
      part: { text: 'a', inner: [{ text: 'b' }] },
      extra: 'c',
    });
  });

  test('has nested parts that a group can name', () => {
    expect(
      run(
        'Note',
        'src -> tgt.part as p then Part(src, p);',
        `group Part(source src : Patient, target tgt : Note.part) { src -> tgt.inner as i then Inner(src, i); }
group Inner(source src : Patient, target tgt : Note.part.inner) { src -> tgt.text = 'b'; }`,
      ),
    ).toEqual({ part: { inner: [{ text: 'b' }] } });
  });
});
