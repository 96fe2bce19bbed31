import type { OperationOutcomeIssue } from '@medplum/fhirtypes';

/** What kind of failure it is; one table in http/ turns it into a status. */
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
  | 'throttled'
  | 'transient'
  | 'internal';

/** Who has to act, after BaRS: the sender mends and resends, the gateway's or receiver's side is told. */
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

/** A text cut at its `{names}`: what stands before each name, and the name. Texts are those of the catalogue, so few. */
type Cut = { readonly pieces: readonly { readonly before: string; readonly name: string }[]; readonly rest: string };
const cuts = new Map<string, Cut>();

function cut(text: string): Cut {
  const known = cuts.get(text);
  if (known) return known;
  const pieces: { before: string; name: string }[] = [];
  let at = 0;
  for (const found of text.matchAll(/\{([A-Za-z]+)\}/g)) {
    pieces.push({ before: text.slice(at, found.index), name: found[1]! });
    at = found.index + found[0].length;
  }
  const made = { pieces, rest: text.slice(at) };
  cuts.set(text, made);
  return made;
}

export function render(text: string, details: Readonly<Record<string, string | number>>): string {
  const { pieces, rest } = cut(text);
  let rendered = '';
  for (const { before, name } of pieces) rendered += before + (details[name] ?? `{${name}}`);
  return rendered + rest;
}
