import type { Place } from '../../fhir/issue.ts';
import { keyLocator } from '../../fhir/locate.ts';
import { shownName, shownPlace } from '../../fhir/parse-error.ts';
import type { SentMessage } from '../reading/sent-message.ts';

/**
 * The place of a finding in a message, from a path in it as a map or a trace states it. Names come from the sender: one that
 * could be a value is shown as `?`, and line and column of a form in JSON lead there all the same.
 */
export function formPlaces(sent: SentMessage, root: string): (path: string) => Place {
  if (sent.shape !== 'json')
    return (path) => ({ expression: path.replace(/[^.[\]]+(?=[.[]|$)/g, (name) => shownName(name)) });
  const locate = keyLocator(sent.text);
  return (path) => {
    const keys = keysOf(sent.message, path.startsWith(`${root}.`) ? path.slice(root.length + 1) : path);
    const isRoot = path === root || path === '';
    return { expression: shownPlace(root, isRoot ? [] : keys), ...locate(isRoot ? [] : keys) };
  };
}

type Key = string | number;

/** The keys of a path: `person.first name[2]` is three. A name may have dots and brackets itself. */
function keysOf(form: object, path: string): readonly Key[] {
  const keys: Key[] = [];
  let here: unknown = form;
  let rest = path;
  for (let isFirst = true; rest !== '' || isFirst; isFirst = false) {
    const index = isFirst ? undefined : /^\[(\d+)\]/.exec(rest)?.[0];
    const name = index === undefined ? nameIn(here, isFirst ? rest : rest.slice(1)) : index;
    const key: Key = index === undefined ? name : Number(index.slice(1, -1));
    keys.push(key);
    here = typeof here === 'object' && here !== null ? (here as Readonly<Record<Key, unknown>>)[key] : undefined;
    rest = rest.slice(name.length + (isFirst || index !== undefined ? 0 : 1));
  }
  return keys;
}

/** Up to the next dot or bracket; of a name that has these itself, the longest that is there. */
function nameIn(here: unknown, rest: string): string {
  const plain = /^[^.[]*/.exec(rest)?.[0] ?? '';
  if (typeof here !== 'object' || here === null || Object.hasOwn(here, plain)) return plain;
  const fitting = Object.keys(here).filter((key) => rest.startsWith(key) && /^(?:$|[.[])/.test(rest.slice(key.length)));
  return fitting.sort((a, b) => b.length - a.length)[0] ?? plain;
}
