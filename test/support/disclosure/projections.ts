import { join } from 'node:path';
import { compileProjections, type Projections } from '../../../src/disclosure/index.ts';
import { projectionFilesIn } from '../../../src/main/projection-files.ts';

export const projectionFolder = join(import.meta.dirname, '../../../mappings/projections');

const compiled = compileProjections(projectionFilesIn(projectionFolder));
if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join('\n'));

/** The projections of the product, compiled once per worker. */
export const ownProjections: Projections = compiled.value;

/** The projections of a recipient of this domain. */
export const projectionsFor = (domain: 'care' | 'social' | 'network') =>
  ownProjections[domain === 'social' ? 'social-domain' : domain === 'network' ? 'network' : 'ggz'];
