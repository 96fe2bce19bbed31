import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

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
    const found = replacements.find(({ file }) => url.endsWith(file));
    if (!found) return next(url, context);
    const source = readFileSync(fileURLToPath(url), 'utf8');
    if (!source.includes(found.from)) throw new Error(`${found.file} has no ${found.from}`);
    return {
      format: 'module',
      source: stripTypeScriptTypes(source.replace(found.from, found.to)),
      shortCircuit: true,
    };
  },
});
