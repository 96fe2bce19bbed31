import { registerHooks } from 'node:module';

/**
 * Loaded before a gateway of the benchmark, in each of its threads: no receipts of disclosures, and no chain over the journal. The
 * modules are replaced as they are loaded, so that the gateway itself has no switch for it. Throws when the source has none of
 * what is replaced.
 */
const replacements = [
  { file: '/src/disclosure/receipt/proven.ts', from: 'if (disclosures.length === 0) return plan;', to: 'return plan;' },
  { file: '/src/store/sql/writer.ts', from: 'hasChain = true', to: 'hasChain = false' },
] as const;

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    const found = replacements.find(({ file }) => url.endsWith(file));
    if (!found) return loaded;
    const source = String(loaded.source);
    if (!source.includes(found.from)) throw new Error(`${found.file} has no ${found.from}`);
    return { ...loaded, source: source.replace(found.from, found.to) };
  },
});
