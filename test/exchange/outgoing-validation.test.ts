import type { Bundle, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validateOutgoing } from '../../src/exchange/pipeline/judge.ts';
import { mgnProfile } from '../../src/fhir/canonical.ts';
import type { Report } from '../../src/validation/index.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** A Bundle on its way out is validated as a whole unless it has the very resources that were validated a moment ago. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const bundleOf = (...resources: readonly object[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource: resource as Resource })),
});
const requiredProfile = { profile: mgnProfile('referral-bundle'), unlessComplete: true } as const;
const place = (id: string) => ({ resourceType: 'Location', id, status: 'active', name: 'Praktijk' });

test('a Bundle of other resources is not taken for the validated one because it is as long', async () => {
  const valid = bundleOf(place('1'), place('2'));
  const validate = (bundle: Bundle) => validateOutgoing(gateway.running.gateway, { bundle, requiredProfile }, valid);
  expect((await validate(bundleOf(...valid.entry!.map(({ resource }) => resource!)))).ok).toBe(true);
  expect((await validate(bundleOf(place('1'), place('3')))).ok, 'no referral: its profile asks for a Task').toBe(false);
});

test('a resource that two recipients get is validated once, and each time while it does not conform', async () => {
  const { validator, ...context } = gateway.running.gateway;
  let validations = 0;
  const counting = {
    ...context,
    validator: {
      ...validator,
      validate: (...given: Parameters<typeof validator.validate>) => {
        validations += 1;
        return validator.validate(...given);
      },
    },
  };
  const validate = async (resource: object) => {
    const valid = new Map<unknown, Report>();
    const results = [
      await validateOutgoing(counting, { bundle: bundleOf(resource) }, bundleOf(), valid),
      await validateOutgoing(counting, { bundle: bundleOf(resource) }, bundleOf(), valid),
    ];
    const times = validations;
    validations = 0;
    return [times, ...results.map(({ ok }) => ok)];
  };
  expect(await validate(place('1'))).toEqual([1, true, true]);
  expect(await validate({ ...place('1'), status: 'wrong' })).toEqual([2, false, false]);
});
