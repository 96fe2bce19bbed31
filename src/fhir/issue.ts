import type { OperationOutcomeIssue } from '@medplum/fhirtypes';
import { catalogue } from './catalogue/index.ts';
import { render } from './catalogue/rule.ts';

export type Severity = OperationOutcomeIssue['severity'];
/** Type of issue in FHIR (https://hl7.org/fhir/R4/valueset-issue-type.html). */
export type IssueType = OperationOutcomeIssue['code'];

/** A stable code of our catalogue: partners may program against it. */
export type RuleCode = keyof typeof catalogue;

/** Place of an issue. `expression` is a FHIRPath of element names and indexes, without values. */
export type Place = {
  readonly expression?: string;
  readonly line?: number;
  readonly column?: number;
  readonly profile?: string;
  readonly element?: string;
  /** Key of the violated invariant (`bdl-7`); a network may tolerate it in received messages by this key. */
  readonly constraint?: string;
};

/**
 * One finding, with place, rule and remedy. It never contains a value of the message, so it may be logged and sent to
 * anyone who may know that the message exists.
 */
export type Issue = Place & {
  readonly severity: Severity;
  readonly code: IssueType;
  readonly rule: RuleCode;
  /** In English, with the remedy. */
  readonly message: string;
  /** The same in Dutch. */
  readonly dutch: string;
};

type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
/** Values for the placeholders in the text of a rule: names of elements, codes of definitions, counts. */
export type Details<R extends RuleCode> = Record<Placeholders<(typeof catalogue)[R]['en']>, string | number>;

/**
 * Creates an issue from a rule of the catalogue. `details` fills the `{names}` in its texts. `place.severity` overrides
 * the severity of the rule (an extensible binding only warns).
 */
export function issue<R extends RuleCode>(
  rule: R,
  details: Details<R>,
  place: Place & { readonly severity?: Severity } = {},
): Issue {
  const { type, severity, en, nl } = catalogue[rule];
  return { severity, code: type, ...place, rule, message: render(en, details), dutch: render(nl, details) };
}

export const isError = (it: Issue): boolean => it.severity === 'error' || it.severity === 'fatal';
