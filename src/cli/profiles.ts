import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { buildProfiles, digestFile, sourcesDigest } from '../definitions/build-profiles.ts';
import { productFolder } from '../main/own-validator.ts';

/** `mgn profiles build`: FSH to FHIR package, offline. */
export const registerProfiles = (program: Command): void => {
  program
    .command('profiles')
    .description('the profiles of the gateway')
    .command('build')
    .description('build profiles/package from the FSH under profiles/input, offline')
    .action(async () => {
      const { files, problems } = await buildProfiles({
        root: productFolder,
        out: join(productFolder, 'profiles/package'),
        page: join(productFolder, 'docs/reference/profiles.md'),
      });
      for (const problem of problems) process.stderr.write(`${JSON.stringify(problem)}\n`);
      if (files.length === 0) process.exitCode = 1;
      else {
        writeFileSync(join(productFolder, digestFile), `${sourcesDigest(productFolder)}\n`);
        process.stdout.write(`profiles/package: ${files.length} files\n`);
      }
    });
};
