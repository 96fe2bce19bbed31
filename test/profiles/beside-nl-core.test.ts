/** The claim of compliesWithProfile, both ways, on instances. Needs the published packages of ../shared/data. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { mgnProfile } from '../../src/fhir/canonical.ts';
import { isError } from '../../src/fhir/issue.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { parseXml } from '../../src/fhir/xml.ts';
import { openValidator, type Validator } from '../../src/validation/index.ts';
import { packageDir, profiles } from '../support/profiles/built-package.ts';

const data = join(import.meta.dirname, '../../../shared/data');
const nlCore = join(data, 'packages/nictiz.fhir.nl.r4.nl-core-0.12.1-beta.1.tgz');
const claims = profiles.flatMap(({ id, type, extension }) => {
  const claim = extension?.find(({ url }) => url.endsWith('/structuredefinition-compliesWithProfile'));
  return claim?.valueCanonical && id && type ? [{ id, type, nlCore: claim.valueCanonical }] : [];
});

/** nl-core binds Condition.code to coded complaints; a referrer may write words. */
const wordsOnly = ['condition/valid-in-words.json'];

describe.skipIf(!existsSync(nlCore))('beside nl-core (skipped without ../shared/data)', () => {
  let validator: Validator;
  beforeAll(async () => {
    validator = await openValidator({ packages: [packageDir, nlCore] });
  });
  const errors = (resource: Resource, profile: string): string[] =>
    validator
      .validate(resource, { profiles: [profile] })
      .issues.filter(isError)
      .map(({ rule, constraint, expression }) => `${constraint ?? rule} ${expression}`);

  const published = (folder: string) =>
    existsSync(nlCore) ? readdirSync(join(data, folder)).map((file) => join(data, folder, file)) : [];
  test.each(['nl-core-examples', 'elz-referral'])('what is published in %s passes our profiles', (folder) => {
    const resources = published(folder).map((file) => ({ file, resource: parseXml(readFileSync(file, 'utf8')) }));
    const found = resources.flatMap(({ file, resource }) =>
      claims
        .filter(({ type }) => type === resource.resourceType)
        .flatMap(({ id }) => errors(resource, mgnProfile(id.replace('mgn-', ''))).map((it) => `${file}: ${it}`)),
    );
    expect(found).toEqual([]);
    expect(resources.length).toBeGreaterThan(10);
  });

  test.each(claims)('instances of $id pass $nlCore', ({ id, nlCore: profile }) => {
    const name = id.replace('mgn-', '');
    const dir = join(import.meta.dirname, 'instances', name);
    const valid = readdirSync(dir).filter(
      (file) => file.startsWith('valid-') && !wordsOnly.includes(`${name}/${file}`),
    );
    const found = valid.flatMap((file) => errors(JSON.parse(readFileSync(join(dir, file), 'utf8')), profile));
    expect(found).toEqual([]);
  });
});
