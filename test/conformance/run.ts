/**
 * `npm run conformance`: runs the conformance sets that are here, prints their tables and rewrites docs/reference/conformance.md.
 * With `--guides DIR` only the section of the guides in DIR, which the other runs leave as it is; `--page FILE` writes it there.
 * A package in DIR that cannot be read is named at the end, and the command fails; the others are measured.
 */
import { parseArgs } from 'node:util';
import { measureFhirPath, tableOfFhirPath } from './fhirpath.ts';
import { linesOfRefusals, measureGuides, NoGuides, tableOfGuides } from './guides.ts';
import { measureHl7, tableOfHl7 } from './hl7-validator.ts';
import { measureMaps, measureOfficial, tableOfMapping } from './mapping.ts';
import { measureMutations, tableOfMutations } from './mutations.ts';
import { measureNlCore, tableOfNlCore } from './nl-core.ts';
import { isHere, writeSection } from './section.ts';

async function section(name: string, needs: string, make: () => Promise<string>): Promise<void> {
  if (!isHere(needs)) {
    console.log(`${name}: skipped, the reference data ${needs} is not here`);
    return;
  }
  const text = await make();
  console.log(text);
  writeSection(name, text);
}

const { guides, page } = parseArgs({ options: { guides: { type: 'string' }, page: { type: 'string' } } }).values;
if (guides === undefined) {
  await section('hl7-validator', 'hl7-validator', async () => tableOfHl7(await measureHl7()));
  await section('nl-core', 'nl-core-examples', async () => tableOfNlCore(await measureNlCore()));
  await section('mutations', 'nl-core-examples', async () => tableOfMutations(await measureMutations()));
  await section('mapping', 'fml/official', async () => tableOfMapping(measureOfficial(), measureMaps()));
  await section('fhirpath', 'fhirpath', async () => tableOfFhirPath(measureFhirPath()));
} else {
  try {
    const measured = await measureGuides(guides);
    const text = tableOfGuides(measured);
    console.log([...linesOfRefusals(measured), text].join('\n'));
    writeSection('guides', text, page);
    for (const it of measured.failed) console.error(`Not measured: ${it}`);
    if (measured.failed.length > 0) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof NoGuides)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
