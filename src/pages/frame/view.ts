import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import type { AssetPaths } from '../assets.ts';

export type Language = 'nl' | 'en';
export type Theme = 'light' | 'dark';

/** Markup, escaped. */
export type Part = ReturnType<typeof html>;

/** What every part of a page needs: the language of its reader, and the icons. */
export type View = {
  readonly language: Language;
  readonly say: (it: Bilingual) => string;
  readonly icon: (name: string, classes?: string) => Part;
};

export const viewIn = (language: Language, { icons }: Pick<AssetPaths, 'icons'>): View => ({
  language,
  say: (it) => it[language],
  icon: (name, classes = '') =>
    html`<svg class="${classes ? `icon ${classes}` : 'icon'}" aria-hidden="true"><use href="${icons}#${name}"/></svg>`,
});

/** A count with the noun that fits it: `1 regel`, `3 regels`. */
export const counted = ({ language, say }: View, count: number, one: Bilingual, more: Bilingual): string =>
  `${count.toLocaleString(language)} ${say(count === 1 ? one : more)}`;
