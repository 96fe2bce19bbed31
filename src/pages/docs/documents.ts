import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of the documentation, as its file has it. */
export type Document = {
  /** `guide/workflow`; `README` is the index. */
  readonly name: string;
  readonly title: string;
  /** Markdown (https://spec.commonmark.org/0.31.2/, with tables). */
  readonly text: string;
  readonly language: 'en' | 'nl';
};

/** A part of a document in which searched words occur. */
export type Found = { readonly document: Document; readonly heading: string; readonly anchor: string };

export type Documents = {
  readonly names: readonly string[];
  /** Undefined: there is no such page. */
  readonly read: (name: string) => Document | undefined;
  /** Parts with all the words, at most `limit`, those with the words in their heading first. */
  readonly search: (words: string, limit: number) => readonly Found[];
};

type Part = { readonly heading: string; readonly anchor: string; readonly text: string };

/** The documentation in a folder. Its files are read when they are asked for, once; only names that it lists are read. */
export function documentsIn(folder: string): Documents {
  const names = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((it) => it.endsWith('.md'))
        .map((it) => it.replaceAll('\\', '/').slice(0, -'.md'.length))
        .sort()
    : [];
  const known = new Set(names);
  const documents = new Map<string, Document>();
  const parts = new Map<string, readonly Part[]>();
  const read = (name: string): Document | undefined => {
    if (!known.has(name)) return undefined;
    const found = documents.get(name) ?? documentOf(name, readFileSync(join(folder, `${name}.md`), 'utf8'));
    documents.set(name, found);
    return found;
  };
  const partsOf = (document: Document): readonly Part[] => {
    const found = parts.get(document.name) ?? split(document);
    parts.set(document.name, found);
    return found;
  };
  return {
    names,
    read,
    search: (words, limit) => {
      const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
      if (wanted.length === 0) return [];
      const found = names.flatMap((name) => {
        const document = read(name)!;
        return partsOf(document)
          .map((part) => ({ document, ...part, rank: rankOf(part, wanted) }))
          .filter(({ rank }) => rank > 0);
      });
      return found
        .sort((one, other) => other.rank - one.rank)
        .slice(0, limit)
        .map(({ document, heading, anchor }) => ({ document, heading, anchor }));
    },
  };
}

const documentOf = (name: string, text: string): Document => ({
  name,
  title: /^# (.+)$/m.exec(text)?.[1]?.trim() ?? name,
  text,
  language: name.endsWith('.nl') ? 'nl' : 'en',
});

/** Each heading with what is under it, up to the next. Code is part of the text. */
function split({ title, text }: Document): readonly Part[] {
  const anchors = anchorsOfPage();
  const parts: { heading: string; anchor: string; lines: string[] }[] = [];
  let isCode = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) isCode = !isCode;
    const heading = isCode ? undefined : /^#{1,4} (.+)$/.exec(line)?.[1];
    if (heading !== undefined) parts.push({ heading: plain(heading), anchor: anchors(heading), lines: [] });
    else if (parts.length === 0) parts.push({ heading: title, anchor: '', lines: [line] });
    else parts.at(-1)!.lines.push(line);
  }
  return parts.map(({ heading, anchor, lines }) => ({ heading, anchor, text: lines.join('\n').toLowerCase() }));
}

/** 0: not all words occur. */
function rankOf({ heading, text }: Part, wanted: readonly string[]): number {
  const title = heading.toLowerCase();
  const ranks = wanted.map((it) => (title.includes(it) ? 2 : text.includes(it) ? 1 : 0));
  return ranks.includes(0) ? 0 : Math.max(...ranks);
}

/** A heading without its marks of markdown. */
const plain = (heading: string): string => heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');

/** The anchors of the headings of one page, as GitHub makes them: a repeated heading gets a number. */
export function anchorsOfPage(): (heading: string) => string {
  const seen = new Map<string, number>();
  return (heading) => {
    const anchor = plain(heading)
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  };
}
