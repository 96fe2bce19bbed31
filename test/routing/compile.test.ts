import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileRoutes, type DirectorySnapshot } from '../../src/routing/index.ts';
import { demoNetwork, routesText } from '../support/routing/demo-network.ts';

let directory: DirectorySnapshot;
beforeAll(async () => {
  ({ directory } = await demoNetwork());
});

const reason = '{ en: A reason in English, nl: Een reden in het Nederlands }';
const rules = (...lines: readonly string[]): string =>
  ['routes:', '  registration:', ...lines.map((line) => `    ${line}`)].join('\n');
const last = ['- id: last', '  then: { ask: human }', `  reason: ${reason}`];

/** What is found in a text, as `rule line:column`. */
function findings(text: string): string[] {
  const compiled = compileRoutes(text, 'routes.yaml', directory);
  return compiled.issues.map(({ rule, line, column }) => `${rule} ${line}:${column}`);
}

describe('a mistake in routes.yaml is reported at start, with its place', () => {
  test.each([
    [
      'an unknown key',
      rules('- id: a', '  wen: { owner: none }', '  then: { ask: human }', `  reason: ${reason}`),
      ['config-key-unknown 4:7'],
    ],
    [
      'an unknown fact',
      rules('- id: a', '  when: { ownr: none }', '  then: { ask: human }', `  reason: ${reason}`),
      ['config-key-unknown 4:15'],
    ],
    [
      'a value that a fact does not have',
      rules('- id: a', '  when:', '    residence: [inside, abroad]', ...last.slice(1)),
      ['config-value-invalid 5:29'],
    ],
    ['an unknown use case', 'routes:\n  registratie: []', ['config-key-unknown 2:3']],
    ['no reason', rules('- id: a', '  then: { ask: human }'), ['config-key-missing 3:7']],
    [
      'two results',
      rules('- id: a', '  then: { ask: human, refuse: owner-unknown }', `  reason: ${reason}`),
      ['config-value-invalid 4:7'],
    ],
    ['YAML that is none', rules('- id: a', '  then: { ask: human'), ['config-syntax 4:25']],
    [
      'a service that the directory does not have',
      rules('- id: a', '  then: { owner: HealthcareService/nobody }', `  reason: ${reason}`, ...last),
      ['route-service-unknown 4:15'],
    ],
    [
      'a type of service that nobody offers',
      rules('- id: a', '  then: { owner: { type: hospital } }', `  reason: ${reason}`, ...last),
      ['route-service-unknown 4:15'],
    ],
    [
      'a choice among services that nobody offers',
      rules('- id: a', '  then: { candidates: { type: [basic-ggz, hospital] } }', `  reason: ${reason}`, ...last),
      ['route-service-unknown 4:15'],
    ],
    [
      'a preference that is none',
      rules('- id: a', '  then: { owner: { type: asked, prefer: [cheapest] } }', `  reason: ${reason}`, ...last),
      ['config-value-invalid 4:46'],
    ],
    [
      'a diagnosis group that is not in the list',
      rules('- id: a', '  when: { diagnosis-group: gloom }', ...last.slice(1), ...last),
      ['config-value-invalid 4:15'],
    ],
    [
      'ages that nobody has',
      rules('- id: a', '  when: { age: { from: 18, below: 18 } }', ...last.slice(1), ...last),
      ['route-contradictory 3:7'],
    ],
    [
      'ages that earlier rules leave nothing',
      rules(
        ...['- id: young', '  when: { age: { below: 23 } }', ...last.slice(1)],
        ...['- id: child', '  when: { age: { below: 12 } }', ...last.slice(1)],
        ...last,
      ),
      ['route-unreachable 7:7'],
    ],
    [
      'a language that an earlier rule leaves nothing',
      rules(
        ...['- id: other', '  when: { language: { not: [nl, en] } }', ...last.slice(1)],
        ...['- id: turkish', '  when: { language: tr }', ...last.slice(1)],
        ...last,
      ),
      ['route-unreachable 7:7'],
    ],
    [
      'ages of which none is told',
      rules('- id: a', '  when: { age: { from: 0 } }', ...last.slice(1)),
      ['route-fallback-missing 2:3'],
    ],
    [
      'FHIRPath that does not compile',
      rules(
        '- id: a',
        '  when:',
        '    fhirpath:',
        '      - "true"',
        '      - "entry.where("',
        '  then: { ask: human }',
        `  reason: ${reason}`,
        ...last,
      ),
      ['route-expression-invalid 7:13'],
    ],
    [
      'a placeholder that nobody fills',
      rules(
        '- id: last',
        '  then: { ask: human }',
        '  reason: { en: "Goes to {name} now", nl: "Gaat nu naar {service}" }',
      ),
      ['config-value-invalid 5:17'],
    ],
    [
      'the same id twice',
      rules('- id: last', '  when: { residence: inside }', ...last.slice(1), ...last),
      ['config-duplicate 7:7'],
    ],
    ['a rule after one that always decides', rules(...last, '- id: late', ...last.slice(1)), ['route-unreachable 6:7']],
    [
      'a rule that earlier ones leave nothing',
      rules(
        ...['- id: inside', '  when: { residence: inside }', ...last.slice(1)],
        ...['- id: elsewhere', '  when: { residence: [outside, unknown] }', ...last.slice(1)],
        ...last,
      ),
      ['route-unreachable 11:7'],
    ],
    [
      'conditions that contradict each other',
      rules('- id: a', '  when: { residence: outside, municipality: "9901" }', ...last.slice(1), ...last),
      ['route-contradictory 3:7'],
    ],
    [
      'referrals that would come out undecided',
      rules('- id: a', '  when: { residence: inside }', ...last.slice(1)),
      ['route-fallback-missing 2:3'],
    ],
  ])('%s', (_, text, expected) => {
    expect(findings(text)).toEqual(expected);
  });

  test('all mistakes are reported at once', () => {
    const text = rules('- id: a', '  then: { owner: HealthcareService/nobody }', `  reason: ${reason}`);
    expect(findings(text)).toEqual(['route-service-unknown 4:15', 'route-fallback-missing 2:3']);
  });
});

test('a rule that goes by distance needs a table of postcode centres', () => {
  const text = rules('- id: a', '  then: { owner: { type: asked, farthest-km: 10 } }', `  reason: ${reason}`, ...last);
  expect(findings(text)).toEqual([]);
  const compiled = compileRoutes(text, 'routes.yaml', { ...directory, hasCentres: false });
  expect(compiled.issues.map(({ rule, line, column }) => `${rule} ${line}:${column}`)).toEqual([
    'route-postcode-centres-missing 4:15',
  ]);
});

test('the diagnosis groups of the rules are those of the profiles', () => {
  const file = join(import.meta.dirname, '../../profiles/package/CodeSystem-mgn-diagnosis-group.json');
  const codes = JSON.parse(readFileSync(file, 'utf8')).concept.map(({ code }: { code: string }) => code);
  for (const code of codes)
    expect(findings(rules('- id: a', `  when: { diagnosis-group: ${code} }`, ...last.slice(1), ...last))).toEqual([]);
});

test('the text says what to do, in both languages', () => {
  const compiled = compileRoutes(
    rules('- id: a', '  wen: {}', '  then: { ask: human }', `  reason: ${reason}`),
    'routes.yaml',
    directory,
  );
  expect(compiled.issues.map(({ message, dutch }) => [message, dutch])).toEqual([
    [
      'routes.yaml: routes.registration[0] has the unknown key wen. Use one of: id, when, then, reason.',
      'routes.yaml: routes.registration[0] heeft de onbekende sleutel wen. Gebruik een van: id, when, then, reason.',
    ],
  ]);
});

test('the digest is of the rules, not of their layout', () => {
  const digest = (text: string) => {
    const compiled = compileRoutes(text, 'routes.yaml', directory);
    return compiled.ok && compiled.value.digest;
  };
  expect(digest(`# a comment\n${routesText()}`)).toBe(digest(routesText()));
  expect(digest(rules(...last))).not.toBe(digest(routesText()));
});
