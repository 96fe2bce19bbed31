/** Output of the map for ggz EHRs: still a referral of the gateway, with actors that conform to nl-core profiles. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, test } from 'vitest';
import { casesOf } from '../../src/cli/map-cases.ts';
import { readInput } from '../../src/cli/map-input.ts';
import { mgnProfile } from '../../src/fhir/canonical.ts';
import { isError } from '../../src/fhir/issue.ts';
import { compileFolder, readMapFolder } from '../../src/main/map-folder.ts';
import { openOwnValidator } from '../../src/main/own-validator.ts';
import { openValidator, type Validator } from '../../src/validation/index.ts';

const packages = join(import.meta.dirname, '../../../shared/data/packages');
const path = join(import.meta.dirname, '../../mappings/out/ggz-ehr/ggz-ehr.fml');
const map = compileFolder(readMapFolder(path));
const nlCore = 'http://nictiz.nl/fhir/StructureDefinition/nl-core-';

const made = casesOf(path).flatMap(({ name, input }) => {
  const { output, issues } = map.run(readInput(input), { seed: name });
  return issues?.some(isError) ? [] : [[name, output as Bundle] as const];
});

test('every case but the wrong one has an output', () => {
  expect(made.map(([name]) => name)).toEqual(['minimal', 'rich', 'typical', 'whole-task']);
});

describe('against the profile of the gateway', () => {
  let validator: Awaited<ReturnType<typeof openOwnValidator>>;
  beforeAll(async () => {
    validator = await openOwnValidator([]);
  });

  test.each(made)('%s is still a valid referral', (_, output) => {
    const { issues } = validator.validate(output, { profiles: [mgnProfile('referral-bundle')] });
    expect(issues.filter(isError)).toEqual([]);
  });
});

describe.skipIf(!existsSync(packages))('by nl-core (skipped without ../shared/data/packages)', () => {
  let validator: Validator;
  beforeAll(async () => {
    validator = await openValidator({
      packages: readdirSync(packages).map((name) => join(packages, name)),
      waive: { 'https://his.voorbeeld.example/StructureDefinition/patient': 'the sender’s own profile, not published' },
    });
  });
  const actors = made.flatMap(([name, { entry = [] }]) =>
    entry.flatMap(({ resource }) => {
      const claimed = resource?.meta?.profile?.find((it) => it.startsWith(nlCore));
      return resource && claimed ? [[name, claimed.slice(nlCore.length), resource] as const] : [];
    }),
  );

  test('has every kind of actor', () => {
    expect([...new Set(actors.map(([, profile]) => profile))].sort()).toEqual([
      'ContactPerson',
      'HealthProfessional-Practitioner',
      'HealthProfessional-PractitionerRole',
      'HealthcareProvider-Organization',
      'Patient',
    ]);
  });

  test.each(actors)('%s: %s', (_, profile, resource) => {
    const { verdict, issues } = validator.validate(resource, { profiles: [nlCore + profile] });
    expect(issues.filter(({ severity }) => severity !== 'information')).toEqual([]);
    expect(verdict).toBe('valid');
  });

  test('nl-core refuses a gender outside its value set', () => {
    const [, profile, patient] = actors.find(([, it]) => it === 'Patient')!;
    const { verdict } = validator.validate({ ...patient, gender: 'x' } as never, { profiles: [nlCore + profile] });
    expect(verdict).toBe('invalid');
  });
});
