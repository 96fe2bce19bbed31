/**
 * Each profile against instances: valid-*.json are valid; broken.yaml tells patches on them that break one rule each,
 * and what must be found. What is found besides must not be an error: a sender should be told the thing itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch, type Operation } from 'rfc6902';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { mgnProfile } from '../../src/fhir/canonical.ts';
import { type Issue, isError } from '../../src/fhir/issue.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { openValidator, type Validator } from '../../src/validation/index.ts';
import { packageDir, profiles, structureDefinitions } from '../support/profiles/built-package.ts';

type Broken = {
  readonly breaks: string;
  readonly instance: string;
  readonly patch: Operation[];
  readonly finds: readonly Finding[];
};
type Finding = {
  readonly rule?: string;
  readonly constraint?: string;
  readonly at?: string;
  readonly severity?: Issue['severity'];
};

const root = join(import.meta.dirname, 'instances');
const names = readdirSync(root).sort();
const read = (profile: string, file: string): Resource => JSON.parse(readFileSync(join(root, profile, file), 'utf8'));
const brokenOf = (profile: string): Broken[] => parse(readFileSync(join(root, profile, 'broken.yaml'), 'utf8'));

let validator: Validator;
beforeAll(async () => {
  validator = await openValidator({ packages: [packageDir] });
});
const issuesOf = (resource: Resource, profile: string): readonly Issue[] =>
  validator.validate(resource, { profiles: [mgnProfile(profile)] }).issues;
const brief = (issues: readonly Issue[]) =>
  issues.map(({ rule, constraint, expression, severity }) => [severity, constraint ?? rule, expression].join(' '));

test('every rule of our own is broken by an instance', () => {
  const elements = structureDefinitions.flatMap(({ differential }) => differential?.element ?? []);
  const own = elements.flatMap(({ constraint }) => (constraint ?? []).map(({ key }) => key ?? ''));
  const broken = names.flatMap(brokenOf).flatMap(({ finds }) => finds.map(({ constraint }) => constraint));
  expect([...new Set(own)].filter((key) => !broken.includes(key))).toEqual([]);
});

test('every profile has instances', () => {
  expect(names).toEqual(profiles.map(({ id }) => id?.replace('mgn-', '')).sort());
});

describe.each(names)('mgn-%s', (profile) => {
  const valid = readdirSync(join(root, profile)).filter((file) => file.startsWith('valid-'));

  test.each(valid)('%s', (file) => {
    expect(brief(issuesOf(read(profile, file), profile).filter(isError))).toEqual([]);
  });

  test.each(brokenOf(profile))('$breaks', ({ instance, patch, finds }) => {
    const resource = read(profile, instance);
    expect(applyPatch(resource, patch).filter(Boolean)).toEqual([]);
    const issues = issuesOf(resource, profile);
    const found = (it: Issue) => finds.some((finding) => isMeant(finding, it));
    expect(brief(issues.filter((it) => isError(it) && !found(it)))).toEqual([]);
    for (const finding of finds)
      expect(issues.filter((it) => isMeant(finding, it)).length, brief(issues).join('\n')).toBeGreaterThan(0);
  });
});

const isMeant = ({ rule, constraint, at, severity = 'error' }: Finding, it: Issue): boolean =>
  it.severity === severity &&
  (constraint ? it.constraint === constraint : it.rule === rule) &&
  (at === undefined || it.expression === at);
