import { describe, expect, test } from 'vitest';
import { compileMap } from '../../src/library/mapping.ts';
import { readTable } from '../../src/mapping/index.ts';
import { heading, problemsOf } from '../support/mapping/problems.ts';

const compile = (groups: string, head = heading, options: Parameters<typeof compileMap>[1] = {}) =>
  compileMap([{ path: 't.fml', text: head + groups }], options);
const main = (rules: string, target = 'Basic') =>
  `group main(source src : Patient, target tgt : ${target}) {\n${rules}\n}\n`;
const found = (act: () => unknown) => problemsOf(act).map(({ rule, line, column }) => [rule, line, column]);
const messages = (act: () => unknown) => problemsOf(act).map(({ message }) => message);

describe('groups that extend each other in a ring do not compile', () => {
  const rest = '(source src : Patient, target tgt : Basic)';
  test.each([
    ['itself', `group A${rest} extends A { src.id -> tgt.id; }`, ['A']],
    [
      'each other',
      `group A${rest} extends B { src.id -> tgt.id; } group B${rest} extends A { src.id -> tgt.id; }`,
      ['A', 'B'],
    ],
    [
      'three, called by another group',
      `group M${rest} { src then A(src, tgt); } group A${rest} extends B { } group B${rest} extends C { } group C${rest} extends A { }`,
      ['A', 'B', 'C'],
    ],
    [
      'below the main group',
      `group M${rest} extends A { } group A${rest} extends B { } group B${rest} extends A { }`,
      ['A', 'B'],
    ],
    [
      'themselves without types, called by nothing',
      `group M${rest} { src.id -> tgt.id; } group A(source s, target t) extends A { } group B(source s, target t) extends C { } group C(source s, target t) extends B { }`,
      ['A', 'B', 'C'],
    ],
  ])('%s', (_, groups, names) => {
    const problems = problemsOf(() => compile(groups));
    expect(problems.map(({ rule, group }) => [rule, group])).toEqual(names.map((name) => ['map-circular', name]));
  });
});

test('a group that extends an unknown one does not compile, also when nothing calls it', () => {
  const unused = (parent: string) => `group Unused(source s, target t) extends ${parent} { }`;
  const problems = problemsOf(() => compile(main('src.id -> tgt.id;') + unused('mian')));
  expect(problems.map(({ rule, group }) => [rule, group])).toEqual([['map-group-unknown', 'Unused']]);
  expect(problems[0]?.message).toContain('main');
  expect(() => compile(main('src.id -> tgt.id;') + unused('main'))).not.toThrow();
});

describe('a code that the required binding does not have', () => {
  test.each([
    [main(`src -> tgt.gender = 'femal';`, 'Patient'), 8, 'female'],
    [main(`src -> tgt.name as n, n.use = 'offical';`, 'Patient'), 23, 'official'],
    [main(`src -> tgt.contact as c, c.gender = "Male";`, 'Patient'), 26, 'male'],
    [`let status = 'finall';\n${main('src -> tgt.status = status;', 'Observation')}`, 8, 'final'],
    [main(`src -> tgt.status = ('fin' & 'all');`, 'Observation'), 8, 'final'],
    [
      main(
        `src -> tgt.clinicalStatus = cc('http://terminology.hl7.org/CodeSystem/condition-clinical', 'activ');`,
        'Condition',
      ),
      8,
      'active',
    ],
    [
      main(
        `src -> tgt.clinicalStatus as s, s.coding = c('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'), tgt.verificationStatus = cc('http://example.org', 'confirmed');`,
        'Condition',
      ),
      117,
      'confirmed',
    ],
  ])('%s', (groups, column, suggestion) => {
    const act = () => compile(groups);
    expect(found(act).map(([rule, , at]) => [rule, at])).toEqual([['map-code-invalid', column]]);
    if (suggestion !== 'confirmed') expect(messages(act)[0]).toContain(`Did you mean ${suggestion}?`);
  });

  test.each([
    [`tgt.gender = (iif(src.active = true, 'female', 'femal'))`, 'the other branch of iif'],
    [`tgt.gender = (iif(src.active = true, 'femal', src.gender))`, 'a branch beside a value of the message'],
    [`tgt.gender = (iif(src.active = true, iif(src.name.exists(), 'male', 'mael'), 'male'))`, 'iif within iif'],
    [`tgt.gender = ((src.gender | 'femal').first())`, 'the fallback of a union'],
    [`tgt.gender = (src.gender.combine('femal').first())`, 'the fallback of combine'],
    [`tgt.gender = (('femal' | 'male').where($this = src.gender))`, 'a filter'],
    [`tgt.gender = (('femal' | 'male')[0])`, 'an index'],
    [`tgt.gender = (src.name.select('femal'))`, 'select'],
    [`tgt.gender = (iif(src.active = true, wrong, right))`, 'a constant'],
    [`tgt.gender = evaluate(src, 'iif(active, \\'femal\\', \\'male\\')')`, 'evaluate'],
    [`tgt.gender = cast('femal', 'code')`, 'cast'],
    [`tgt.gender = append('fe', 'mal')`, 'append'],
    [`(iif(src.active = true, 'femal', 'male')) as code, tgt.gender = code`, 'a variable'],
    [`tgt.gender as code, code = 'femal'`, 'a variable for the element'],
    [`tgt.gender as code, code.value = 'femal'`, 'the value of an element'],
    [
      `tgt.maritalStatus as s, tgt.contact as c, c.gender = (iif(src.active = true, 'male', 'Male'))`,
      'an element further down',
    ],
  ])('is found where it is %s', (targets, _) => {
    const text = `let wrong = 'femal';\nlet right = 'female';\n${main(`src -> ${targets};`, 'Patient')}`;
    expect(found(() => compile(text)).map(([rule]) => rule)).toEqual(['map-code-invalid']);
  });

  test('is found in a concept that is built from a branch, and in the default of a source', () => {
    const system = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
    const concept = (code: string) =>
      main(`src -> tgt.clinicalStatus = cc('${system}', (iif(src.active = true, 'active', '${code}')));`, 'Condition');
    const fallback = (code: string) => main(`src.gender default ('${code}') as g -> tgt.gender = g;`, 'Patient');
    expect(found(() => compile(concept('activ'))).map(([rule]) => rule)).toEqual(['map-code-invalid']);
    expect(found(() => compile(fallback('femal'))).map(([rule]) => rule)).toEqual(['map-code-invalid']);
    expect([...messages(() => compile(concept('inactive'))), ...messages(() => compile(fallback('female')))]).toEqual(
      [],
    );
  });

  test.each([
    `tgt.gender = (iif(src.active = true, 'female', 'male'))`,
    `tgt.gender = (iif(src.gender = 'vrouw', 'female', src.gender))`,
    `tgt.gender = ((src.gender | 'unknown').first())`,
    `tgt.gender = (iif(src.name.text = 'femal', 'female', 'other'))`,
    `tgt.gender = append('fe', 'male')`,
  ])('is not found in %s', (targets) => {
    expect(messages(() => compile(main(`src -> ${targets};`, 'Patient')))).toEqual([]);
  });

  const calls: readonly (readonly [string, string, string, string])[] = [
    ['a literal', `src then G(src, 'CODE', tgt);`, 'source code', 's -> t.gender = code;'],
    [
      'a literal of a typed parameter',
      `src then G(src, 'CODE', tgt);`,
      'source code : string',
      's -> t.gender = code;',
    ],
    ['a literal in an expression', `src then G(src, 'CODE', tgt);`, 'source code', 's -> t.gender = (code);'],
    ['a constant', `src then G(src, right, tgt);`, 'source code', 's -> t.gender = code;'],
    ['an expression', `src then G(src, ('CO' & 'DE'), tgt);`, 'source code', 's -> t.gender = code;'],
    [
      'a variable of a branch',
      `src -> (iif(src.active = true, 'CODE', 'male')) as c then G(src, c, tgt);`,
      'source code : string',
      's -> t.gender = code;',
    ],
    [
      'a variable with a default',
      `src.gender default ('CODE') as c then G(src, c, tgt);`,
      'source code',
      'code -> t.gender = code;',
    ],
    [
      'what another group passes on',
      `src then G(src, 'CODE', tgt);`,
      'source code',
      's then H(s, code, t); } group H(source s, source given, target t : Patient) { s -> t.gender = given;',
    ],
  ];
  test.each(calls)('is found as parameter of a group: %s', (_, call, parameter, rule) => {
    const text = (code: string) =>
      `let right = '${code}';
${main(call, 'Patient')}group G(source s, ${parameter}, target t : Patient) { ${rule} }`
        .replaceAll(`'CO' & 'DE'`, `'${code.slice(0, 2)}' & '${code.slice(2)}'`)
        .replaceAll('CODE', code);
    expect(found(() => compile(text('femal'))).map(([it]) => it)).toEqual(['map-code-invalid']);
    expect(messages(() => compile(text('female')))).toEqual([]);
  });

  test.each([
    ['as the value of the element', 'code -> t.value = code;'],
    ['as the element', 'code -> t = code;'],
  ])('is found where a group fills in an element of its caller: %s', (_, rule) => {
    const text = (code: string, how: string) => `${main(`src.gender as g -> tgt.gender as e then ${how};`, 'Patient')}
group G(source code, target t : code) { ${rule} }
group H(source s, target t : code) { s -> t.value = '${code}'; }`;
    expect(found(() => compile(text('female', `G('femal', e)`))).map(([it]) => it)).toEqual(['map-code-invalid']);
    expect(messages(() => compile(text('female', `G('female', e)`)))).toEqual([]);
    expect(found(() => compile(text('femal', 'H(g, e)'))).map(([it]) => it)).toEqual(['map-code-invalid']);
    // The same group for an element without a binding of this kind.
    const open = main(`src.language as l -> tgt.language as e then G('femal', e);`, 'Patient');
    expect(messages(() => compile(`${open}group G(source code, target t : code) { ${rule} }`))).toEqual([]);
  });

  test('is found in a table too', () => {
    const table = (target: string) =>
      readTable(`# table: t\n# unmapped: text\ncode,target\nm,male\nv,${target}`, 't.csv');
    const act = (target: string) => () =>
      compile(main(`src.language as l -> tgt.gender = translate(l, 't', 'code');`, 'Patient'), heading, {
        tables: [table(target)],
      });
    expect(found(act('femal'))).toEqual([['map-code-invalid', 7, 22]]);
    expect(found(act('female'))).toEqual([]);
  });

  test('a code of the value set, a value of the message, and an open binding are accepted', () => {
    for (const [rule, target] of [
      [`src -> tgt.gender = 'female';`, 'Patient'],
      ['src.gender as g -> tgt.gender = g;', 'Patient'],
      [`src -> tgt.language = 'nl-NL';`, 'Patient'],
      [
        `src -> tgt.clinicalStatus = cc('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active');`,
        'Condition',
      ],
      [`src -> tgt.code = cc('http://example.org', 'anything');`, 'Observation'],
    ] as const)
      expect(messages(() => compile(main(rule, target)))).toEqual([]);
  });
});

describe('a map without a url', () => {
  test.each([
    ['in FML', `/// name = 'T'\ngroup main(source src, target tgt) { src.a -> tgt.b; }`],
    ['with an empty one', `map "" = "T"\ngroup main(source src, target tgt) { src.a -> tgt.b; }`],
    [
      'as StructureMap',
      JSON.stringify({
        resourceType: 'StructureMap',
        name: 'T',
        group: [
          {
            name: 'm',
            input: [
              { name: 'src', mode: 'source' },
              { name: 'tgt', mode: 'target' },
            ],
          },
        ],
      }),
    ],
  ])('%s', (_, text) => {
    expect(found(() => compileMap([{ path: 't', text }]))).toEqual([['map-url-missing', 1, 1]]);
  });
});

describe('a table with two targets for one code', () => {
  const csv = (lines: string) => `# table: t\n# source: http://a\n# target: http://b\n# unmapped: text\n${lines}`;
  test.each([
    ['two lines', 'code,target\nx,1\ny,2\nx,3', 8],
    ['a prefix', 'code,target\nx*,1\nx*,3', 7],
    ['a system of its own', 'code,target,system\nx,1,http://b\nx,1,http://c', 7],
    ['one system for all', 'code,target,source\nx,1,http://s\nx,2,http://s', 7],
  ])('%s in CSV', (_, lines, line) => {
    expect(found(() => readTable(csv(lines), 't.csv'))).toEqual([['map-table-ambiguous', line, 1]]);
  });

  test('the same target twice, and one code of two systems, are no two targets', () => {
    for (const lines of [
      'code,target\nx,1\nx,1',
      'code,target,source\nx,1,http://s\nx,2,http://t',
      'code,target\nx*,1\nxy*,2\nxy,3',
    ])
      expect(found(() => readTable(csv(lines), 't.csv'))).toEqual([]);
  });

  test('in a concept map of the map', () => {
    const table = (lines: string) =>
      `conceptmap "#t" {\n  prefix a = "http://a"\n  prefix b = "http://b"\n${lines}\n}\n`;
    const rule = main(`src.gender as g -> tgt.id = translate(g, '#t', 'code');`);
    expect(found(() => compile(table('  a:x - b:y\n  a:x - b:z') + rule))).toEqual([['map-table-ambiguous', 10, 3]]);
    expect(found(() => compile(table('  a:x - b:y\n  a:x != b:z') + rule))).toEqual([]);
  });

  test('in a ConceptMap that the map uses', () => {
    const conceptMap = (targets: object[]) => ({
      resourceType: 'ConceptMap' as const,
      url: 'http://example.org/cm',
      status: 'draft' as const,
      group: [{ source: 'http://a', target: 'http://b', element: [{ code: 'x', target: targets }] }],
    });
    const rule = main(`src.gender as g -> tgt.id = translate(g, 'http://example.org/cm', 'code');`);
    const act = (targets: object[]) => () => compile(rule, heading, { conceptMaps: [conceptMap(targets) as never] });
    expect(
      found(
        act([
          { code: 'y', equivalence: 'equivalent' },
          { code: 'z', equivalence: 'equivalent' },
        ]),
      ),
    ).toEqual([['map-table-ambiguous', 7, 20]]);
    expect(
      found(
        act([
          { code: 'y', equivalence: 'equivalent' },
          { code: 'z', equivalence: 'disjoint' },
        ]),
      ),
    ).toEqual([]);
  });
});

describe('the code of a finding in log', () => {
  test.each([
    [`src log ('referral-consent-misssing') "x";`, 10, 'referral-consent-missing'],
    [`src log ("refferal-patient-missing") "x";`, 10, 'referral-patient-missing'],
    [`src log ('Referral-Consent-Missing') "x";`, 10, 'referral-consent-missing'],
    [`src log ('referral_consent_missing') "x";`, 10, 'referral-consent-missing'],
    [`src log (' referral-consent-missing ') "x";`, 10, 'referral-consent-missing'],
  ])('is refused where it is misspelled: %s', (rule, column, suggestion) => {
    const act = () => compile(main(rule));
    expect(found(act)).toEqual([['map-finding-misspelled', 7, column]]);
    expect(messages(act)[0]).toContain(`Did you mean ${suggestion}?`);
  });

  test('is refused in a constant too, and a right one there is raised', () => {
    const constant = (code: string) => `let code = '${code}';\n${main('src log (code) "x";')}`;
    expect(found(() => compile(constant('referral-consent-misssing')))).toEqual([['map-finding-misspelled', 8, 10]]);
    const { issues } = compile(constant('referral-consent-missing')).run({ resourceType: 'Patient' });
    expect(issues?.map(({ rule, severity }) => [rule, severity])).toEqual([['referral-consent-missing', 'error']]);
  });

  test('is a warning where no finding resembles it: it becomes a note', () => {
    const map = compile(main(`src log ('consent-missing') "x";`));
    expect(map.warnings.map(({ rule, line, column }) => [rule, line, column])).toEqual([
      ['map-finding-unknown', 7, 10],
    ]);
    expect(map.run({ resourceType: 'Patient' }).issues?.map(({ rule }) => rule)).toEqual(['map-note']);
    for (const text of ['no date of birth', 'done', 'Consent is missing.'])
      expect(compile(main(`src log ('${text}') "x";`)).warnings).toEqual([]);
  });
});

describe('reference() and pointer() of something that is no resource', () => {
  test.each([
    [`src -> tgt.subject as s, s.reference = reference('Patient/1');`],
    [`src.id as i -> tgt.subject as s, s.reference = reference(i);`],
    [`src.name as n -> tgt.subject as s, s.reference = reference(n);`],
    [`src.gender as g -> tgt.subject as s, s.reference = pointer(g);`],
  ])('does not compile: %s', (rule) => {
    expect(found(() => compile(main(rule))).map(([name]) => name)).toEqual(['map-arguments-invalid']);
  });

  test('whose type is known at run time only, is reported then', () => {
    const { output, issues } = compile(main('src -> tgt.subject as s, s.reference = reference((src.id));')).run({
      resourceType: 'Patient',
      id: 'a',
    });
    expect(output).toEqual({ resourceType: 'Basic' });
    expect(issues?.map(({ rule, severity }) => [rule, severity])).toEqual([['map-value-type-mismatch', 'error']]);
  });
});

describe('a bare element in an expression without a focus', () => {
  test.each([
    ['src -> tgt.id = (gender);', 18, 'gender'],
    ['src.name as n -> tgt.id = (n.text & family.first());', 37, 'family'],
    [`src -> tgt.id = append(birthDate.toString(), 'x');`, 24, 'birthDate'],
    [`src -> tgt.id = (iif(active, 'a', 'b'));`, 22, 'active'],
    ['src -> tgt.id = (Patient.gender);', 18, 'Patient'],
    ['src -> (gender) as g, tgt.id = g;', 9, 'gender'],
    [`src.deceased default (active) as d -> tgt.id = 'a', tgt.language = d;`, 23, 'active'],
  ])('does not compile: %s', (rule, column, name) => {
    const act = () => compile(main(rule));
    expect(found(act)).toEqual([['map-expression-invalid', 7, column]]);
    expect(messages(act)[0]).toContain(name);
  });

  test('within a function or of a variable is an element of its own focus', () => {
    for (const rule of [
      `src -> tgt.id = (src.name.where(use = 'official').select(family | text).first());`,
      `src.name as n -> tgt.id = (n.family & now().toString());`,
      `src -> tgt.id = evaluate(src, gender);`,
      `src -> tgt.id = ('a' & iif(src.active, 'b', 'c'));`,
      `src.name as n -> tgt.id = (n.given.aggregate($total & $this));`,
    ])
      expect([rule, messages(() => compile(main(rule)))]).toEqual([rule, []]);
  });
});
