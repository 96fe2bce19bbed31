import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigurationSet } from '../configuration/index.ts';
import { compileProjections, type Projections } from '../disclosure/index.ts';
import type { Result } from '../fhir/result.ts';
import { productFolder } from './own-validator.ts';

type ReadFile = { readonly path: string; readonly text: string };

const isProjection = ({ path }: ReadFile): boolean => /^mappings\/projections\/[^/]+\.yaml$/.test(path);

/** The projections of a folder, as files of a configuration set. */
export const projectionFilesIn = (folder: string): readonly ReadFile[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ path: `mappings/projections/${name}`, text: readFileSync(join(folder, name), 'utf8') }));

export const ownProjections: string = join(productFolder, 'mappings/projections');

/** Canonicals of the code systems of the profiles. */
const codeSystemsIn = (files: readonly ReadFile[]): ReadonlySet<string> =>
  new Set(
    files
      .filter(({ path }) => /\/CodeSystem-[^/]+\.json$/.test(path))
      .map(({ text }) => String((JSON.parse(text) as { readonly url?: unknown }).url)),
  );

/**
 * Compiles the projections of a set. A set that was stored before projections were files has none: what it disclosed was
 * in the code, and is now in the files of the product.
 */
export function projectionsOfSet({ files }: ConfigurationSet): Result<Projections> {
  const own = files.filter(isProjection);
  // those of the product name its code systems, which an older set may lack
  return own.length > 0
    ? compileProjections(own, codeSystemsIn(files))
    : compileProjections(projectionFilesIn(ownProjections));
}
