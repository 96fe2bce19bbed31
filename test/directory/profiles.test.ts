import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isError } from '../../src/fhir/issue.ts';
import { openValidator } from '../../src/validation/index.ts';
import { demoNetwork } from '../support/routing/demo-network.ts';

/** The generic functions mark the custodian of an identifier by a type that R4's own list does not have. */
const custodian = 'HealthcareService.identifier[0].assigner.identifier.type';

test('every resource of the demo directory meets the gateway’s profile of its type', async () => {
  const validator = await openValidator({ packages: [join(import.meta.dirname, '../../profiles/package')] });
  const { resources } = await demoNetwork();
  const found = resources.flatMap((resource) => {
    const { verdict, issues } = validator.validate(resource);
    const told = issues.filter((it) => isError(it) || (it.severity === 'warning' && it.expression !== custodian));
    const name = `${resource.resourceType}/${resource.id}`;
    return [
      ...(verdict === 'valid' ? [] : [`${name} is ${verdict}`]),
      ...told.map(({ rule, expression, message }) => `${name} ${rule} ${expression}: ${message}`),
    ];
  });
  expect(found).toEqual([]);
});
