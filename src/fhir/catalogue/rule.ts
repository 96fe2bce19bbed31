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

export const render = (text: string, details: Readonly<Record<string, string | number>>): string =>
  text.includes('{') ? text.replace(/\{([A-Za-z]+)\}/g, (whole, name: string) => String(details[name] ?? whole)) : text;
