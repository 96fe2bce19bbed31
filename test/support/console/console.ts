import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, openBrowser, type Visited } from '../access/browser.ts';

/** A browser without a screen in which a person of the demo is logged in. */
export async function loggedInAs(url: string, person: string): Promise<Browser> {
  const browser = openBrowser();
  await browser.submit(`${url}/login/demo`, { person, return: '/docs/findings' });
  return browser;
}

/** The token for the forms of a page. */
export const formTokenIn = ({ text }: Visited): string => /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';

export const example = (id: string, file: string): Promise<string> =>
  readFile(join(import.meta.dirname, '../../../examples/messages', id, file), 'utf8');

/** The text of a page, without its markup and entities. */
export const plain = (text: string): string =>
  text
    .replace(/<[^>]+>/g, '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
