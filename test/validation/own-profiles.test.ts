import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canonicalBase } from '../../src/fhir/canonical.ts';
import { openValidator } from '../../src/validation/index.ts';

const validator = await openValidator({ packages: [join(import.meta.dirname, '../../profiles/package')] });
const own = validator.definitions
  .entries('StructureDefinition')
  .map(({ url }) => url)
  .filter((url) => url.startsWith(canonicalBase));

test('the package contains profiles of the gateway', () => {
  expect(own.length).toBeGreaterThan(10);
});

/** The checks that a profile adds to R4: a change of a profile is a short diff here. Update with `npx vitest run -u`. */
test.each(own)('the checks of %s equal its golden file', async (url) => {
  const name = url.slice(url.lastIndexOf('/') + 1);
  await expect(`${validator.describe(url)}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
});
