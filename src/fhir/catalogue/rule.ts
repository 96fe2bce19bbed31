import type { OperationOutcomeIssue } from '@medplum/fhirtypes';

/** The kind of failure; one table in http/ maps it to an HTTP status. */
export type Category =
  | 'malformed'
  | 'login'
  | 'forbidden'
  | 'not-found'
  | 'method'
  | 'not-acceptable'
  | 'conflict'
  | 'stale'
  | 'too-large'
  | 'unsupported-media'
  | 'invalid'
  | 'timeout'
  | 'throttled'
  | 'transient'
  | 'internal';

/** The side that has to act, as in BaRS: the sender corrects and resends, or the operator of the gateway or receiver acts. */
export type Fault = 'sender' | 'gateway' | 'receiver';

/** One line of the error catalogue. Texts hold `{names}`; both languages use the same ones. */
export type Rule = {
  readonly category: Category;
  readonly type: OperationOutcomeIssue['code'];
  readonly severity: OperationOutcomeIssue['severity'];
  readonly fault: Fault;
  readonly en: string;
  readonly nl: string;
};

/** A text split at its `{names}`. Cached without a limit: the only texts are those of the catalogue. */
type Split = { readonly pieces: readonly { readonly before: string; readonly name: string }[]; readonly rest: string };
const splits = new Map<string, Split>();

function splitAtNames(text: string): Split {
  const cached = splits.get(text);
  if (cached) return cached;
  const pieces: { before: string; name: string }[] = [];
  let at = 0;
  for (const found of text.matchAll(/\{([A-Za-z]+)\}/g)) {
    pieces.push({ before: text.slice(at, found.index), name: found[1]! });
    at = found.index + found[0].length;
  }
  const split = { pieces, rest: text.slice(at) };
  splits.set(text, split);
  return split;
}

export function render(text: string, details: Readonly<Record<string, string | number>>): string {
  const { pieces, rest } = splitAtNames(text);
  let rendered = '';
  for (const { before, name } of pieces) rendered += before + (details[name] ?? `{${name}}`);
  return rendered + rest;
}
