import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { catalogue } from '../../../src/fhir/catalogue/index.ts';

/**
 * After a run of the whole suite each code of the catalogue must have been provoked in it: a code that no input leads
 * to is dead, one that no test leads to is not specified. A run of some files only records.
 */
export default function provokedCodes(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-provoked-'));
  const file = join(folder, 'codes.txt');
  writeFileSync(file, '');
  process.env.PROVOKED_CODES = file;
  return async () => {
    const provoked = new Set(readFileSync(file, 'utf8').split('\n'));
    rmSync(folder, { recursive: true });
    if (!(await isWhole(project))) return;
    const missing = Object.keys(catalogue).filter((code) => !provoked.has(code));
    if (missing.length === 0) return;
    process.stderr.write(
      `${missing.length} codes of src/fhir/catalogue are provoked by no test: ${missing.join(', ')}\n`,
    );
    process.exitCode = 1;
  };
}

async function isWhole(project: TestProject): Promise<boolean> {
  const { testFiles } = await project.globTestFiles();
  const ran = project.vitest.state.getFiles().length;
  return ran === testFiles.length && project.vitest.config.testNamePattern === undefined;
}
