/**
 * Names of the cookies. With TLS they have the prefix `__Host-` (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html):
 * a browser then takes them from this host alone, over TLS, for every path, so that no other host of the domain can set one.
 */
export type CookieNames = { readonly session: string; readonly login: string; readonly isSecure: boolean };

export const cookieNames = (baseUrl: string): CookieNames => {
  const isSecure = baseUrl.startsWith('https:');
  const prefix = isSecure ? '__Host-' : '';
  return { session: `${prefix}mgn-session`, login: `${prefix}mgn-login`, isSecure };
};

/** The value of a cookie; undefined when it is not there, or there twice. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const found = (header ?? '').split(';').flatMap((part) => {
    const [key = '', ...value] = part.trim().split('=');
    return key === name ? [value.join('=')] : [];
  });
  return found.length === 1 && found[0] ? found[0] : undefined;
}

/** A Set-Cookie header; `seconds` 0 removes the cookie. */
export const setCookie = (name: string, value: string, seconds: number, isSecure: boolean): string =>
  `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${isSecure ? '; Secure' : ''}`;
