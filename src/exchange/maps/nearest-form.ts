import type { SentMessage } from '../reading/sent-message.ts';

/** What of a form decides how near a message comes to it. */
type Nearable = {
  readonly kind: string;
  readonly profiles: readonly string[];
  readonly unmet: (message: SentMessage['message']) => readonly string[];
};

/** The form that a message comes nearest to, and the conditions of it that the message does not meet. */
export type NearestForm<F> = { readonly form: F; readonly unmet: readonly string[] };

/**
 * The form with the fewest unmet conditions. Of forms that are equally near, one with a profile that a sender can validate
 * against, of the kind that most forms have: in most messages that is what was meant.
 */
export function nearestForm<F extends Nearable>(
  forms: readonly F[],
  message: SentMessage['message'],
): NearestForm<F> | undefined {
  const ofKind = (kind: string): number => forms.filter((it) => it.kind === kind).length;
  return forms
    .map((form) => ({ form, unmet: form.unmet(message) }))
    .toSorted(
      (a, b) =>
        a.unmet.length - b.unmet.length ||
        Math.min(b.form.profiles.length, 1) - Math.min(a.form.profiles.length, 1) ||
        ofKind(b.form.kind) - ofKind(a.form.kind),
    )[0];
}

/** The parts of a FHIRPath condition that all have to hold: split at `and`, outside brackets and strings. */
export function conditionsOf(when: string): readonly string[] {
  const words = topLevel(when);
  if (words.some(({ word }) => ['or', 'xor', 'implies'].includes(word))) return [when.trim()];
  const ends = words.filter(({ word }) => word === 'and');
  const starts = [0, ...ends.map(({ at }) => at + 'and'.length)];
  return starts.map((from, index) => unbracketed(when.slice(from, ends[index]?.at).replace(/\s+/g, ' ').trim()));
}

/** Words outside brackets, strings and quoted names, with their places. */
function topLevel(text: string): { readonly word: string; readonly at: number }[] {
  let depth = 0;
  return [...text.matchAll(/'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[([{]|[)\]}]|[A-Za-z_]\w*/g)].flatMap(
    ({ 0: token, index }) => {
      if (/^[([{]/.test(token)) depth += 1;
      else if (/^[)\]}]/.test(token)) depth -= 1;
      else if (depth === 0 && /^\w/.test(token)) return [{ word: token, at: index }];
      return [];
    },
  );
}

/** Without brackets around the whole. */
const unbracketed = (text: string): string =>
  text.startsWith('(') && topLevel(text).length === 0 && closing(text) === text.length - 1
    ? text.slice(1, -1).trim()
    : text;

/** Index of the bracket that closes the first one. */
function closing(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[()]/g)) {
    if (token === '(') depth += 1;
    if (token === ')' && --depth === 0) return index;
  }
  return -1;
}
