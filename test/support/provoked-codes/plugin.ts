import { join } from 'node:path';

const recording = join(import.meta.dirname, 'recording-catalogue.ts');

/** Lets src/ build its issues from the recording catalogue; what generates the profiles reads the real one, whole. */
export const recordProvokedCodes = {
  name: 'record-provoked-codes',
  enforce: 'pre' as const,
  resolveId: (source: string, importer?: string) =>
    source.endsWith('catalogue/index.ts') && /\/src\/(?!definitions\/)/.test(importer ?? '') ? recording : undefined,
};
