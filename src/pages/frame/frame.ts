import { html } from 'hono/html';
import type { AssetPaths } from '../assets.ts';
import { type PageName, rail, tabbar } from './navigation.ts';
import type { Part, Theme, View } from './view.ts';

/** Somebody who is logged in, as a page names them. */
export type Reader = {
  readonly name: string;
  readonly organization: string;
  /** For the forms of the page; absent: a system with a token, which logs out by itself. */
  readonly csrfToken?: string | undefined;
  readonly pages: readonly PageName[];
};

/** Everything around the content of a page. */
export type Frame = {
  readonly assets: AssetPaths;
  readonly network: string;
  readonly theme: Theme | undefined;
  /** Path and query of this page, for the switches of language and theme; undefined: it cannot be asked for again. */
  readonly address: string | undefined;
  readonly reader: Reader | undefined;
};

export type PageContent = {
  readonly title: string;
  readonly current?: PageName;
  readonly content: Part;
  /** Larger text and buttons. */
  readonly isRoomy?: boolean;
  /** On the way in or out: no menu, no script, and no link to log in but that of the content. */
  readonly isDoor?: boolean;
  /** Where the browser goes on to by itself. */
  readonly next?: string | undefined;
  /** A form to finish: no bar of pages over it on a phone. */
  readonly isForm?: boolean;
};

const words = {
  skip: { nl: 'Naar de inhoud', en: 'Skip to the content' },
  topbar: { nl: 'Taal en thema', en: 'Language and theme' },
  dark: { nl: 'Donkere weergave', en: 'Dark theme' },
  light: { nl: 'Lichte weergave', en: 'Light theme' },
  logOut: { nl: 'Uitloggen', en: 'Log out' },
  logIn: { nl: 'Inloggen', en: 'Log in' },
};

/** A whole page. It loads nothing but what its address names, and has no style or script of its own. */
export function framed(
  view: View,
  frame: Frame,
  { title, current, content, isRoomy = false, isDoor = false, isForm = false, next }: PageContent,
) {
  const { say, icon, language } = view;
  const { assets, network, theme, address, reader } = frame;
  const menu = { offered: reader?.pages ?? [], current };
  const brand = html`<a class="brand" href="/">${icon('mark')}<span>${hyphenated(network)}</span></a>`;
  return html`<!doctype html>
<html lang="${language}"${theme ? html` data-theme="${theme}"` : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${title} · ${network}</title>
<meta name="color-scheme" content="light dark">
${next === undefined ? '' : html`<meta http-equiv="refresh" content="0;url=${next}">`}
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assets.styles}">
${isDoor ? '' : scripts(assets)}
</head>
<body${isDoor ? html` class="focus roomy"` : isRoomy ? html` class="roomy"` : ''}>
<a class="skip" href="#content">${say(words.skip)}</a>
<div class="shell">
${
  isDoor
    ? ''
    : html`<header class="rail">
${brand}
${rail(view, menu)}
${reader ? whoIs(view, reader) : ''}
</header>`
}
<div class="main">
<section class="topbar" aria-label="${say(words.topbar)}">
${brand}
${address === undefined ? '' : switches(view, address, theme)}
${reader || isDoor ? '' : html`<a class="button quiet" href="/login?return=${encodeURIComponent(address ?? '/')}">${say(words.logIn)}</a>`}
</section>
<main id="content">
${content}
</main>
${reader ? html`<footer class="only-phone foot">${whoIs(view, reader)}</footer>` : ''}
</div>
</div>
${menu.offered.length > 0 && !isForm ? tabbar(view, menu) : ''}
</body>
</html>
`;
}

const scripts = ({ htmx, script }: AssetPaths): Part =>
  html`<meta name="htmx-config" content='{"includeIndicatorCSS": false, "defaultTimeout": 10000}'>
<script src="${htmx}" defer></script>
<script src="${script}" defer></script>`;

/** The same page in the other language, or with the other theme. */
function switches({ say, icon, language }: View, address: string, theme: Theme | undefined): Part {
  const other = language === 'nl' ? 'en' : 'nl';
  const otherTheme = theme === 'dark' ? 'light' : 'dark';
  return html`<a class="button quiet push" href="${switched(address, 'lang', other)}" lang="${other}" hreflang="${other}" data-keep-fragment>${other === 'en' ? 'English' : 'Nederlands'}</a>
<a class="button quiet" href="${switched(address, 'theme', otherTheme)}" data-keep-fragment>${icon('theme')}<span class="vh">${say(words[otherTheme])}</span></a>`;
}

/** A long Dutch word may break at its seam. */
const hyphenated = (name: string): string => name.replace('gezondheidsnetwerk', 'gezondheids\u00adnetwerk');

const whoIs = ({ say }: View, { name, organization, csrfToken }: Reader): Part =>
  html`<div class="who"><strong>${name}</strong><br><span class="faint">${organization}</span>${
    csrfToken === undefined
      ? ''
      : html`<form method="post" action="/logout"><input type="hidden" name="csrf" value="${csrfToken}"><button class="link">${say(words.logOut)}</button></form>`
  }</div>`;

/** The same address with another value of one parameter. */
function switched(address: string, name: string, value: string): string {
  const [path = '/', query = ''] = address.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set(name, value);
  return `${path}?${parameters}`;
}
