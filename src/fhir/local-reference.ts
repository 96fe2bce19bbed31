import { clone } from './clone.ts';
import { parseReference, referencesIn } from './reference.ts';
import type { Resource } from './resource.ts';

/**
 * `Type/id` (with `/_history/n` where given) of a reference under `base`, however its host, port and slashes are spelled
 * (https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2). Any other text is returned unchanged: a reference under another
 * base, one with a query, a user or a fragment, a urn.
 */
export function localReference(text: string, base: string): string {
  if (!/^https?:\/\//i.test(text)) return text;
  const [own, url] = [URL.parse(base), URL.parse(text)];
  if (!own || !url || url.origin !== own.origin) return text;
  if (url.username || url.password || url.search || url.hash || /[\s?#]/.test(text)) return text;
  const [root, path] = [slashes(own.pathname), slashes(url.pathname)];
  if (!path.startsWith(`${root}/`)) return text;
  const local = path.slice(root.length + 1);
  return parseReference(local).kind === 'relative' ? local : text;
}

/** Without a trailing slash, and without the empty segment of a base with one. */
const slashes = (path: string): string => path.replace(/\/{2,}/g, '/').replace(/\/$/, '');

/** A reference without its version, which selects the same resource. */
export const withoutVersion = (reference: string): string => reference.replace(/\/_history\/[^/]*$/, '');

/**
 * A resource whose references under `base` are relative, as the gateway stores them: a receiver returns them absolute. A
 * version in such a reference is dropped where `before` has the same reference without one. The same object when nothing
 * changes.
 */
export function withLocalReferences<T extends Resource>(resource: T, base: string, before?: Resource): T {
  const known = new Set(before ? referencesIn(before).map(({ text }) => text) : []);
  const localOf = (text: string | undefined): string | undefined => {
    const local = text === undefined ? undefined : localReference(text, base);
    if (local === undefined || local === text) return undefined;
    return known.has(withoutVersion(local)) ? withoutVersion(local) : local;
  };
  if (!referencesIn(resource).some(({ text }) => localOf(text) !== undefined)) return resource;
  const copy = clone(resource);
  for (const { text, set } of referencesIn(copy)) {
    const local = localOf(text);
    if (local !== undefined) set(local);
  }
  return copy;
}
