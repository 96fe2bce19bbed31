/** Where the conformance data lies, and the page that the runners keep true. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reference data beside the repository; runners and tests that need it say so when it is absent. */
export const shared = join(import.meta.dirname, '../../../shared/data');

export const isHere = (name: string): boolean => existsSync(join(shared, name));

const conformancePage = join(import.meta.dirname, '../../docs/reference/conformance.md');
const heading = `# Conformance

Measurements. Each section names the command that writes it; the command rewrites its own section only.
`;

/** Rewrites the section `name` of docs/reference/conformance.md, or adds it at the end; each runner owns its own. */
export function writeSection(name: string, text: string, page = conformancePage): void {
  const before = existsSync(page) ? readFileSync(page, 'utf8') : heading;
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const section = `${begin}\n${text.trim()}\n${end}`;
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  const after =
    from < 0 ? `${before.trimEnd()}\n\n${section}\n` : before.slice(0, from) + section + before.slice(to + end.length);
  writeFileSync(page, after);
}
