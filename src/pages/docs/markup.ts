import { posix } from 'node:path';
import { raw } from 'hono/html';
import { Marked } from 'marked';
import type { Part } from '../frame/view.ts';
import { anchorsOfPage, type Document } from './documents.ts';

/**
 * A document as markup. Links to other pages of the documentation lead to them here; files of the repository that are
 * not served keep their name only. `isKnown`: whether there is a page with this name.
 */
export function markupOf(document: Document, isKnown: (name: string) => boolean): Part {
  const anchors = anchorsOfPage();
  const folder = posix.dirname(document.name);
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }) {
        const title = this.parser.parseInline(tokens);
        return `<h${depth} id="${escaped(anchors(text))}">${title}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const target = targetOf(href, folder, isKnown);
        if (target === undefined) return text;
        const outside = target.startsWith('https:') ? ' rel="noreferrer"' : '';
        return `<a href="${escaped(target)}"${outside}>${text}</a>`;
      },
      // pictures of pages that the reader can open
      image: () => '',
      html: ({ text }) => (text.trimStart().startsWith('<!--') ? '' : escaped(text)),
      code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`,
      table(token) {
        const cells = (row: typeof token.header, tag: 'td' | 'th') =>
          row
            .map(
              ({ tokens }) =>
                `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${this.parser.parseInline(tokens)}</${tag}>`,
            )
            .join('');
        const isEmpty = token.header.every(({ text }) => text.trim() === '');
        const head = isEmpty ? '' : `<thead><tr>${cells(token.header, 'th')}</tr></thead>`;
        const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
        return `<div class="table-wrap" tabindex="0"><table>${head}<tbody>${rows}</tbody></table></div>\n`;
      },
    },
  });
  return raw(marked.parse(document.text, { async: false }));
}

/** Undefined: it is not served, and a link would lead nowhere. */
function targetOf(href: string, folder: string, isKnown: (name: string) => boolean): string | undefined {
  if (href.startsWith('#') || href.startsWith('https://')) return href;
  if (/^[a-z]+:/i.test(href)) return undefined;
  const [path = '', fragment] = href.split('#');
  const name = posix.normalize(posix.join(folder, path)).replace(/\.md$/, '');
  if (name === 'reference/findings') return '/docs/findings';
  if (!isKnown(name)) return undefined;
  return `${addressOf(name)}${fragment === undefined ? '' : `#${fragment}`}`;
}

export const addressOf = (name: string): string => (name === 'README' ? '/docs' : `/docs/${name}`);

const escaped = (text: string): string => text.replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`);
