/** Where a page of the gateway returns to when none is named. */
const home = '/';

/**
 * The path of this gateway to return to after a login: never an address of another host, whatever was requested (open redirect).
 * `//host`, `/\host`, control characters and whole addresses lead home.
 */
export function returnPath(wished: string | undefined): string {
  if (!wished || wished.length > 2_000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(wished) || wished.includes('\\'))
    return home;
  const url = URL.parse(wished, 'http://gateway.invalid');
  if (url?.origin !== 'http://gateway.invalid') return home;
  const path = url.pathname + url.search + url.hash;
  // `/.//host` is `//host` once it was resolved
  return path.startsWith('//') || /^\/log(?:in|out)(?:[/?#]|$)/.test(path) ? home : path;
}
