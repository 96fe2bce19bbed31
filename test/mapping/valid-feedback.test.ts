import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { casesOf } from '../../src/cli/map-cases.ts';
import { readInput } from '../../src/cli/map-input.ts';
import { mgnProfile } from '../../src/fhir/canonical.ts';
import { isError } from '../../src/fhir/issue.ts';
import { compileFolder, readMapFolder } from '../../src/main/map-folder.ts';
import { openOwnValidator } from '../../src/main/own-validator.ts';

let validator: Awaited<ReturnType<typeof openOwnValidator>>;
beforeAll(async () => {
  validator = await openOwnValidator([]);
});

const made = [
  ['feedback-communication', 'feedback'],
  ['feedback-letter', 'feedback-document'],
] as const;

describe.each(made)('output of %s', (name, profile) => {
  const path = join(import.meta.dirname, `../../mappings/out/${name}/${name}.fml`);
  const map = compileFolder(readMapFolder(path));

  test.each(casesOf(path).map((it) => [it.name, it.input] as const))(
    'of %s meets its profile, or an issue says why it can not',
    (_name, input) => {
      const { output, issues } = map.run(readInput(input), { seed: 'x' });
      const report = validator.validate(output, { profiles: [mgnProfile(profile)] });
      expect(report.issues.some(isError)).toBe(issues?.some(isError) === true);
    },
  );
});
