import { join } from 'node:path';

const freezing = join(import.meta.dirname, 'freeze.ts');

/** Where src/fhir remembers something of a resource or Bundle by its identity, and what must not change from then on. */
const places: Readonly<Record<string, readonly [remembers: string, freezes: string]>> = {
  'written.ts': ['texts.set(resource, text);', 'deepFreeze(resource);'],
  'reference.ts': ['referenced.set(resource, all);', 'deepFreeze(resource);'],
  'graph.ts': ['graphs.set(bundle, {', 'freezeEntries(bundle.entry); graphs.set(bundle, {'],
};

/**
 * Freezes what is remembered: a step that changes a resource in place after its text, references or graph were remembered
 * would get what it was before. It throws here instead.
 */
export const freezeRemembered = {
  name: 'freeze-remembered',
  enforce: 'pre' as const,
  transform: (code: string, id: string) => {
    const [, name = ''] = /\/src\/fhir\/([a-z]+\.ts)$/.exec(id) ?? [];
    const place = places[name];
    if (!place) return undefined;
    const [remembers, freezes] = place;
    if (!code.includes(remembers)) throw new Error(`${id} no longer has: ${remembers}`);
    const frozen = code.replace(remembers, freezes.startsWith('deep') ? `${remembers} ${freezes}` : freezes);
    return `import { deepFreeze, freezeEntries } from ${JSON.stringify(freezing)}; ${frozen}`;
  },
};
