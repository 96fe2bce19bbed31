import { InvalidArgumentError, Option } from 'commander';

export type Language = 'en' | 'nl';

export const languageOption = (): Option =>
  new Option('--language <language>', 'language of the output').choices(['en', 'nl']).default('en');

export const portOption = (what: string): Option =>
  new Option('--port <port>', what).default(8080).argParser((text) => {
    if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('Use a port from 0 to 65535.');
    return Number(text);
  });

/** An http or https URL without a trailing slash. */
export function httpUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new InvalidArgumentError('Use an http or https address, such as http://localhost:8080/fhir.');
  return text.replace(/\/+$/, '');
}
