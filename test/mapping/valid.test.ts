import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, test } from 'vitest';
import { casesOf } from '../../src/cli/map-cases.ts';
import { readInput } from '../../src/cli/map-input.ts';
import { mgnProfile } from '../../src/fhir/canonical.ts';
import { isError } from '../../src/fhir/issue.ts';
import { compileFolder, mapFilesAt, readMapFolder } from '../../src/main/map-folder.ts';
import { openOwnValidator } from '../../src/main/own-validator.ts';

let validator: Awaited<ReturnType<typeof openOwnValidator>>;
beforeAll(async () => {
  validator = await openOwnValidator([]);
});

/** The maps with a referral as output. */
const maps = ['form', 'hl7v2', 'referral'].flatMap((folder) =>
  mapFilesAt(join(import.meta.dirname, '../../mappings', folder)),
);

describe.each(maps.map((path) => [path.replace(/^.*mappings\//, ''), path]))('output of %s', (_, path) => {
  const map = compileFolder(readMapFolder(path));

  test.each(casesOf(path).map((it) => [it.name, it.input] as const))(
    'of %s meets the profile of a referral, or an issue says why it can not',
    (_name, input) => {
      const { output, issues } = map.run(readInput(input, map), { seed: 'x' });
      const bundle = output as Bundle;
      // The gateway assigns the identifier of a Task at intake, when the sender did not.
      for (const { resource } of bundle.entry ?? [])
        if (resource?.resourceType === 'Task') resource.identifier ??= [{ value: 'given by the gateway' }];
      const report = validator.validate(bundle, { profiles: [mgnProfile('referral-bundle')] });
      const wrong = report.issues
        .filter(({ severity }) => severity === 'error')
        .map(({ expression, message }) => `${expression} ${message}`);
      if (issues?.some(isError)) expect(wrong).not.toEqual([]);
      else expect(wrong).toEqual([]);
    },
  );
});
