import { describe, expect, test } from 'vitest';
import { compileMap, type RunResult } from '../../src/mapping/index.ts';

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  active: true,
  gender: 'female',
  birthDate: '1990-02-03',
  name: [
    { use: 'official', family: 'Voorbeeld', given: ['Testa', 'T.'] },
    { use: 'nickname', given: ['Tes'] },
  ],
  telecom: [{ system: 'phone', value: '+31999999999' }],
  multipleBirthInteger: 2,
  maritalStatus: {
    text: 'gehuwd',
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'M' }],
  },
};

const head = `map "http://example.org/StructureMap/t" = "T"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "http://hl7.org/fhir/StructureDefinition/Basic" alias Basic as target
`;

/** Runs rules from a Patient to another resource. */
function run(rules: string, target = 'Patient', input: unknown = patient, before = '', after = ''): RunResult {
  const text = `${head}${before}\ngroup main(source src : Patient, target tgt : ${target}) {\n${rules}\n}\n${after}`;
  return compileMap([{ path: 't.fml', text }]).run(input, { seed: 'test' });
}
const output = (rules: string, target?: string): Record<string, unknown> => {
  const { resourceType: _, ...rest } = run(rules, target).output as Record<string, unknown>;
  return rest;
};

describe('sources', () => {
  test.each([
    ['first', ['Testa']],
    ['not_first', ['T.']],
    ['last', ['T.']],
    ['not_last', ['Testa']],
  ])('%s selects its part of a list', (mode, given) => {
    expect(
      output(
        `src.name as n where (n.use = 'official') -> tgt.name as t then { n.given ${mode} as g -> t.given = g; };`,
      ),
    ).toEqual({ name: [{ given }] });
  });

  test('only_one reports an error for several values', () => {
    expect(run('src.name only_one -> tgt.active = true;').issues?.map(({ rule }) => rule)).toEqual(['map-cardinality']);
    expect(output('src.telecom only_one -> tgt.active = true;')).toEqual({ active: true });
  });

  test('a cardinality that the message does not meet is an error of the run', () => {
    expect(run('src.name 0..1 -> tgt.active = true;').issues?.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['map-cardinality', 'error'],
    ]);
  });

  test('where filters each item; check reports an item that fails', () => {
    expect(output(`src.name as n where (use = 'nickname') -> tgt.name = n;`)).toEqual({
      name: [{ use: 'nickname', given: ['Tes'] }],
    });
    expect(
      run(`src.name as n check (family.exists()) -> tgt.name = n;`).issues?.map(({ rule, expression }) => [
        rule,
        expression,
      ]),
    ).toEqual([['map-check-failed', 'Patient.name[1]']]);
  });

  test('a default applies once, when there is no value', () => {
    expect(output(`src.deceased default (false) as d -> tgt.active = d;`)).toEqual({ active: false });
    expect(output(`src.active default (false) as a -> tgt.active = a;`)).toEqual({ active: true });
  });

  test('a type filters the values of a choice', () => {
    expect(
      output(
        'src.multipleBirth : boolean -> tgt.active = true; src.multipleBirth : integer as i -> tgt.multipleBirth = i;',
      ),
    ).toEqual({ multipleBirthInteger: 2 });
    expect(output('src.multipleBirthInteger as i -> tgt.multipleBirthInteger = i;')).toEqual({
      multipleBirthInteger: 2,
    });
  });

  test('several sources combine, each in the scope of the previous ones', () => {
    expect(output(`src.name as n, n.given as g -> tgt.contact as c, c.name as m, m.text = (n.use & ' ' & g);`)).toEqual(
      {
        contact: [
          { name: { text: 'official Testa' } },
          { name: { text: 'official T.' } },
          { name: { text: 'nickname Tes' } },
        ],
      },
    );
  });

  test('log raises a rule of the catalogue, notes a fixed text, and withholds values of the message', () => {
    expect(
      run(
        `src.name as n where (n.use = 'nickname') log ('referral-reason-missing'); src log ('not done'); src log (id);`,
      ).issues,
    ).toMatchObject([
      { rule: 'referral-reason-missing', severity: 'warning', expression: 'Patient.name[1]' },
      { rule: 'map-note', severity: 'information', message: 'The map notes at t.fml:6 (main): not done.' },
      { rule: 'map-note-withheld' },
    ]);
  });
});

describe('targets', () => {
  test('empty elements are removed from the output at any depth', () => {
    expect(
      output(
        `src -> tgt.contact as c, c.name as n, c.period as p then { src.deceased : dateTime as d -> n.text = d, p.end = d; }; src.name as n -> tgt.communication as c then { n.suffix as s -> c.language as l, l.text = s; };`,
      ),
    ).toEqual({});
  });

  test('share is one element for several rules, single one element for one rule', () => {
    expect(
      output(
        `src.gender as g -> tgt.contact as c share both, c.gender = g; src.name first as n -> tgt.contact as c share both, c.name = n;`,
      ),
    ).toEqual({
      contact: [{ gender: 'female', name: patient.name[0] }],
    });
    expect(output(`src.name as n -> tgt.contact as c single then { n.use as u -> c.relationship = cc(u); };`)).toEqual({
      contact: [{ relationship: [{ text: 'official' }, { text: 'nickname' }] }],
    });
  });

  test('first and last keep their positions in the list', () => {
    expect(
      output(
        `src -> tgt.name as a last, a.text = 'z'; src -> tgt.name as b, b.text = 'm'; src -> tgt.name as c first, c.text = 'a';`,
      ),
    ).toEqual({
      name: [{ text: 'a' }, { text: 'm' }, { text: 'z' }],
    });
  });

  test('a path of several steps creates the elements along it, once where they do not repeat', () => {
    expect(output(`src -> tgt.maritalStatus.text = 'x', tgt.maritalStatus.id = 'm';`)).toEqual({
      maritalStatus: { text: 'x', id: 'm' },
    });
  });

  test('a primitive can have extensions, also before or without a value', () => {
    expect(
      output(`src -> tgt.birthDate as b, b.extension as e, e.url = 'http://example.org/x', e.value = true;`),
    ).toEqual({
      _birthDate: { extension: [{ url: 'http://example.org/x', valueBoolean: true }] },
    });
    expect(
      output(
        `src.birthDate as v -> tgt.birthDate as b, b.extension as e, e.url = 'http://example.org/x', e.value = v, b.value = v;`,
      ),
    ).toEqual({
      birthDate: '1990-02-03',
      _birthDate: { extension: [{ url: 'http://example.org/x', valueDate: '1990-02-03' }] },
    });
  });

  test('a copy includes ids and extensions of primitives, single and in lists', () => {
    const input = {
      ...patient,
      _birthDate: { id: 'b' },
      name: [{ given: ['A', null, 'C'], _given: [null, { id: 'g' }, null] }],
    };
    expect(
      run('src -> tgt: birthDate; src.name as n -> tgt.name as t then { n.given -> t.given; };', 'Patient', input)
        .output,
    ).toEqual({
      resourceType: 'Patient',
      birthDate: '1990-02-03',
      _birthDate: { id: 'b' },
      name: [{ given: ['A', null, 'C'], _given: [null, { id: 'g' }, null] }],
    });
  });

  test('a second value for an element that does not repeat is reported', () => {
    const { output, issues } = run('src.name as n -> tgt.id = (n.use);');
    expect(output).toEqual({ resourceType: 'Patient', id: 'official' });
    expect(issues?.map(({ rule }) => rule)).toEqual(['map-value-not-repeatable']);
  });

  test('copies are deep: changing the output does not change the input', () => {
    const result = run('src -> tgt: name; src -> tgt.name as n, n.text = "added";').output as typeof patient;
    result.name[0]!.given.push('changed');
    expect(patient.name[0]!.given).toEqual(['Testa', 'T.']);
  });
});

describe('transforms', () => {
  test.each([
    [`tgt.id = append(n.use, '-', 'x')`, { id: 'official-x' }],
    [`tgt.id = truncate('abcdef', 3)`, { id: 'abc' }],
    [`tgt.language = escape('<a & b>', 'plain', 'xml')`, { language: '&lt;a &amp; b&gt;' }],
    [`tgt.language = escape('a&amp;b', 'xml', 'json')`, { language: 'a&b' }],
    [`tgt.multipleBirth = cast('3', 'integer')`, { multipleBirthInteger: 3 }],
    [
      `tgt.maritalStatus = cc('http://a', 'b', 'c')`,
      { maritalStatus: { coding: [{ system: 'http://a', code: 'b', display: 'c' }] } },
    ],
    [`tgt.maritalStatus = cc('text')`, { maritalStatus: { text: 'text' } }],
    [
      `tgt.identifier = id('http://a', 'b', 'MR')`,
      {
        identifier: [
          {
            type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
            system: 'http://a',
            value: 'b',
          },
        ],
      },
    ],
    [`tgt.telecom = cp('06-99999999')`, { telecom: [{ system: 'phone', value: '06-99999999' }] }],
    [`tgt.telecom = cp('a@example.org')`, { telecom: [{ system: 'email', value: 'a@example.org' }] }],
    [
      `tgt.extension as e, e.value = qty('<5 mg')`,
      { extension: [{ valueQuantity: { value: 5, comparator: '<', unit: 'mg' } }] },
    ],
    [
      `tgt.extension as e, e.value = c('http://a', 'b')`,
      { extension: [{ valueCoding: { system: 'http://a', code: 'b' } }] },
    ],
    [`tgt.birthDate = toDate('19900203', 'yyyyMMdd')`, { birthDate: '1990-02-03' }],
    [
      `tgt.deceased = toDateTime('03/02/1990 2:05 PM +0100', 'dd/MM/yyyy h:mm a Z')`,
      { deceasedDateTime: '1990-02-03T14:05:00+01:00' },
    ],
    [`tgt.birthDate = toDate('3 mrt. 1990', 'd MMM. yyyy')`, { birthDate: '1990-03-03' }],
    [`tgt.birthDate = toDate('03-May-1990', 'dd-MMM-yyyy')`, { birthDate: '1990-05-03' }],
    [`tgt.birthDate = toDate('12 Oktober 1990', 'd MMMM yyyy')`, { birthDate: '1990-10-12' }],
    [
      `tgt.deceased = toDateTime('3 februari 1990 14:05 CET', 'd MMMM yyyy HH:mm z')`,
      { deceasedDateTime: '1990-02-03T14:05:00+01:00' },
    ],
    [
      `tgt.deceased = toDateTime('1990-07-03 14:05 GMT+0200', 'yyyy-MM-dd HH:mm z')`,
      { deceasedDateTime: '1990-07-03T14:05:00+02:00' },
    ],
    [
      `tgt.deceased = toDateTime('1990-07-03 14:05 utc', 'yyyy-MM-dd HH:mm z')`,
      { deceasedDateTime: '1990-07-03T14:05:00Z' },
    ],
    [`tgt.deceased = unixToDateTime(0, '+01:00')`, { deceasedDateTime: '1970-01-01T01:00:00+01:00' }],
    [`tgt.id = reference(src)`, { id: 'Patient/p1' }],
    [`tgt.id = evaluate(n, given.first())`, { id: 'Testa' }],
    [`tgt.id = (n.given.count())`, { id: '2' }],
    [`tgt.birthDate = (%src.birthDate + 1 year)`, { birthDate: '1991-02-03' }],
    [`tgt.id = n.given`, undefined],
  ])('%s', (target, expected) => {
    const source = /\bn\b/.test(target) ? 'src.name first as n' : 'src';
    if (expected) expect(output(`${source} -> ${target};`)).toEqual(expected);
    else expect(run(`${source} -> ${target};`).issues?.map(({ rule }) => rule)).toEqual(['map-value-not-repeatable']);
  });

  test('an ambiguous time zone and a month in another language are errors', () => {
    for (const written of [
      `toDateTime('1990-07-03 14:05 IST', 'yyyy-MM-dd HH:mm z')`,
      `toDateTime('3 avril 1990', 'd MMMM yyyy')`,
    ])
      expect(run(`src -> tgt.deceased = ${written};`).issues?.map(({ rule }) => rule)).toEqual(['map-cast-failed']);
  });

  test('now() is the time of the run: the same time gives the same bytes, and without it there is no output', () => {
    const text = `${head}group main(source src : Patient, target tgt : Patient) {
      src where (birthDate < today()) -> tgt.birthDate = (today()), tgt.deceased = (now()) "time";
    }`;
    const map = compileMap([{ path: 't.fml', text }]);
    const at = (now: string, zone?: number) =>
      map.run(patient, { now: new Date(now), ...(zone === undefined ? {} : { zone }) }).output;
    expect(at('2026-11-22T23:30:00Z')).toMatchObject({
      birthDate: '2026-11-22',
      deceasedDateTime: '2026-11-22T23:30:00.000Z',
    });
    expect(at('2026-11-22T23:30:00Z', 60)).toMatchObject({
      birthDate: '2026-11-23',
      deceasedDateTime: '2026-11-23T00:30:00.000+01:00',
    });
    expect(at('1980-01-01T00:00:00Z')).toEqual({ resourceType: 'Patient' });
    expect(JSON.stringify(at('2026-11-22T23:30:00Z'))).toBe(JSON.stringify(at('2026-11-22T23:30:00Z')));
    expect(map.run(patient)).toMatchObject({
      output: { resourceType: 'Patient' },
      issues: [{ rule: 'map-time-missing' }],
    });
    expect(() => run('src -> tgt.birthDate = x;', 'Patient', patient, 'let x = today();')).toThrow(
      /evaluated when the map is compiled/,
    );
  });

  test('uuid is derived from the seed, or without one from the input', () => {
    const text = `${head}group main(source src : Patient, target tgt : Patient) { src.name -> tgt.name as t, t.id = uuid(); }`;
    const map = compileMap([{ path: 't.fml', text }]);
    const ids = (seed?: string): unknown =>
      (map.run(patient, seed ? { seed } : {}).output as typeof patient).name.map((it) => (it as { id?: string }).id);
    expect(ids('a')).toEqual(ids('a'));
    expect(ids('a')).not.toEqual(ids('b'));
    expect(ids()).toEqual(ids());
    expect(new Set(ids('a') as string[]).size).toBe(2);
    for (const id of ids('a') as string[])
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('create with a variable is an element that can be filled before a target contains it', () => {
    expect(output(`src -> create('HumanName') as n, n.text = 'x', tgt.name = n;`)).toEqual({ name: [{ text: 'x' }] });
    expect(
      output(`src.name first as from -> create('HumanName') as n then {
        from -> n: family;
        src then { src.id as id -> n.text = id; };
        from -> tgt.name = n;
      };`),
    ).toEqual({ name: [{ family: 'Voorbeeld', text: 'p1' }] });
  });
});

describe('groups, constants and embedded tables', () => {
  test('extends runs the rules of another group, with parameters matched by name', () => {
    expect(run('src -> tgt: gender;', 'Patient', patient, '', '').output).toEqual({
      resourceType: 'Patient',
      gender: 'female',
    });
    const text = `${head}group main(source src : Patient, target tgt : Patient) extends base { src -> tgt: gender; }
group base(source src : Patient, target tgt : Patient) { src -> tgt: id; }`;
    expect(compileMap([{ path: 't', text }]).run(patient).output).toEqual({
      resourceType: 'Patient',
      id: 'p1',
      gender: 'female',
    });
  });

  test('a default group applies to its types, type+ also where the target allows several types', () => {
    const groups = `group name(source a : HumanName, target b : HumanName) <<types>> { a.family as f -> b.text = f; }
group date(source a : date, target b : dateTime) <<type+>> { a.value as v -> b.value = v; }`;
    expect(run('src.name -> tgt.name; src.birthDate -> tgt.deceased;', 'Patient', patient, '', groups).output).toEqual({
      resourceType: 'Patient',
      name: [{ text: 'Voorbeeld' }],
      deceasedDateTime: '1990-02-03',
    });
  });

  test('imports make the groups of other maps available; * matches anything', () => {
    const main = `${head}imports "http://example.org/StructureMap/*lib"\ngroup main(source src : Patient, target tgt : Patient) { src then Names(src, tgt); }`;
    const lib = `map "http://example.org/StructureMap/my-lib" = "Lib"\ngroup Names(source a, target b) { a -> b: name; }`;
    expect(
      compileMap([
        { path: 'main', text: main },
        { path: 'lib', text: lib },
      ]).run(patient).output,
    ).toEqual({ resourceType: 'Patient', name: patient.name });
  });

  test('constants may refer to each other in any order; a circular reference is an error', () => {
    expect(
      run('src -> tgt.id = whole;', 'Patient', patient, `let whole = part & 'b';\nlet part = 'a';`).output,
    ).toEqual({ resourceType: 'Patient', id: 'ab' });
    expect(() => run('src -> tgt.id = a;', 'Patient', patient, `let a = b;\nlet b = a;`)).toThrow(/map-circular/);
  });

  test('an embedded concept map translates; an unknown code is reported without its value', () => {
    const conceptMap = `conceptmap "Gender" { prefix a = "http://hl7.org/fhir/administrative-gender" prefix b = "http://example.org/g"\n a:female - b:V\n a:unknown - b:'9-9' }`;
    const rules = `src.gender as g -> tgt.extension as e, e.value = translate(g, '#Gender', 'Coding');`;
    expect(run(rules, 'Patient', patient, conceptMap).output).toEqual({
      resourceType: 'Patient',
      extension: [{ valueCoding: { system: 'http://example.org/g', code: 'V' } }],
    });
    const { output, issues, unmapped } = run(rules, 'Patient', { ...patient, gender: 'other' }, conceptMap);
    expect(output).toEqual({ resourceType: 'Patient' });
    expect(issues?.map(({ rule, expression }) => [rule, expression])).toEqual([['code-queued', 'Patient.gender']]);
    expect(JSON.stringify(issues)).not.toContain('other');
    expect(unmapped).toEqual([{ table: '#Gender', code: 'other', expression: 'Patient.gender', handling: 'queue' }]);
  });

  test('infinite recursion ends with an error', () => {
    const result = run(
      'src then Again(src, tgt);',
      'Patient',
      patient,
      '',
      'group Again(source a, target b) { a then Again(a, b); }',
    );
    expect(result.issues?.map(({ rule }) => rule)).toEqual(['map-recursion-too-deep']);
  });

  test('an input of another type is reported as an issue', () => {
    for (const input of [null, 1, [], {}, { resourceType: 'Task' }]) {
      expect(run('src -> tgt: id;', 'Patient', input).issues?.map(({ rule }) => rule)).toEqual([
        'map-input-type-mismatch',
      ]);
    }
  });
});
