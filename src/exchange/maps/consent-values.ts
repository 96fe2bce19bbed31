import type { Trace } from '../../mapping/index.ts';
import { isAboutConsent } from '../reading/about-consent.ts';

/** Parts of an item of a QuestionnaireResponse that repeat the question, and answer nothing. */
export const isOfQuestion = (path: string): boolean => /\.(?:text|definition|id)$/.test(path);

/**
 * Values of a message about a consent (toestemming) that its map did not read: beneath a value that a Consent was
 * created from, or by their names. Each refuses the message, because it could be the refusal of the person. A null
 * counts: what it leaves out is unknown. `root`: the name with which paths in the message begin.
 */
export function unreadAboutConsent(message: object, output: unknown, trace: Trace, root = 'form'): string[] {
  const zones = consentSources(output, trace);
  const isWithin = (path: string) => ancestorsOf(path).some((it) => zones.has(it));
  const nulls = nullsIn(message, root);
  return [...trace.unread.filter((path) => !isOfQuestion(path)), ...nulls].filter(
    (path) =>
      isWithin(path) ||
      path
        .split('.')
        .slice(1)
        .some((name) => isAboutConsent(name.replace(/\[\d+\]/g, ''))),
  );
}

/** Paths of the objects of the message that a Consent of the output was created from; never the whole message. */
function consentSources(output: unknown, { elements }: Trace): ReadonlySet<string> {
  const { entry = [] } = (output ?? {}) as { entry?: readonly { resource?: { resourceType?: string } }[] };
  const places = new Set(
    entry.flatMap(({ resource }, at) => (resource?.resourceType === 'Consent' ? [`Bundle.entry[${at}]`] : [])),
  );
  if (places.size === 0) return places;
  const sources = elements.filter(({ path }) => places.has(entryOf(path))).flatMap((it) => it.sources);
  return new Set(sources.filter((path) => path.includes('.')));
}

/** `Bundle.entry[3]` of a path within it. A message may have thousands of values: each is looked up, not compared. */
const entryOf = (path: string): string => /^Bundle\.entry\[\d+\](?=\.|$)/.exec(path)?.[0] ?? '';

/** What a path lies within, the outermost first: `form`, `form.a`, `form.a[1]` of `form.a[1].b`. */
export const ancestorsOf = (path: string): string[] =>
  [...path.matchAll(/[.[]/g)].map(({ index }) => path.slice(0, index));

function nullsIn(value: unknown, path: string): string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') return [];
  return Array.isArray(value)
    ? value.flatMap((it, at) => nullsIn(it, `${path}[${at}]`))
    : Object.entries(value).flatMap(([name, it]) => nullsIn(it, `${path}.${name}`));
}
