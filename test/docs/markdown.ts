/** Building blocks of the generated pages. */

/** A cell of a table. Outside code, `<` would begin HTML. */
const cell = (text: string): string => {
  const line = text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();
  return line.includes('`') ? line : line.replaceAll('<', '&lt;');
};

/** A table in Markdown. Cells are escaped, unless a cell is marked as Markdown by `raw`. */
export const table = (head: readonly string[], rows: readonly (readonly (string | Raw)[])[]): string =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map((it) => (typeof it === 'string' ? cell(it) : it.raw)))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

export type Raw = { readonly raw: string };
export const raw = (text: string): Raw => ({ raw: text });

export const mermaid = (lines: readonly string[]): string => ['```mermaid', ...lines, '```'].join('\n');

/** The text with each block of `blocks` between its marks. Throws when the page has no place for one. */
export const filled = (text: string, blocks: Readonly<Record<string, string>>): string =>
  Object.entries(blocks).reduce((page, [name, content]) => {
    const [start, end] = [`<!-- generated: ${name} -->\n`, `\n<!-- end of ${name} -->`];
    const [from, until] = [page.indexOf(start), page.indexOf(end)];
    if (from < 0 || until < 0) throw new Error(`The page has no place for the block ${name}.`);
    return page.slice(0, from + start.length) + content + page.slice(until);
  }, text);

/** The anchor that GitHub gives a heading. */
export const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/<[^>]*>/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\p{M}\- _]/gu, '')
    .replaceAll(' ', '-');
