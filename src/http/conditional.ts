import type { Context } from 'hono';

/** What a client may have already, by its validators. */
export type Validators = { readonly version: number; readonly lastUpdated: Date };

export const validatorHeaders = ({ version, lastUpdated }: Validators) => ({
  ETag: `W/"${version}"`,
  'Last-Modified': lastUpdated.toUTCString(),
});

/**
 * Whether the client has this version already: If-None-Match, or else If-Modified-Since, which counts in seconds
 * (https://hl7.org/fhir/R4/http.html#cread, https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2).
 */
export function isUnmodified(context: Context, { version, lastUpdated }: Validators): boolean {
  const known = context.req.header('if-none-match');
  if (known !== undefined)
    return known.split(',').some((it) => it.trim() === '*' || it.trim().replace(/^W\//, '') === `"${version}"`);
  const since = Date.parse(context.req.header('if-modified-since') ?? '');
  return Math.floor(lastUpdated.getTime() / 1000) <= Math.floor(since / 1000);
}
