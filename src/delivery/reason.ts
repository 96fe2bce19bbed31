import { deliveryRules } from '../fhir/catalogue/delivery.ts';
import { type Issue, issue } from '../fhir/issue.ts';

/** A rule of the error catalogue (catalogue/delivery.ts). */
export type DeliveryRule = keyof typeof deliveryRules;

/**
 * The reason for postponing or giving up a delivery: a rule, with a status or codes in `detail`, never text of the
 * receiver.
 */
export type Reason = { readonly rule: DeliveryRule; readonly detail?: string };

/** As stored with an attempt: `receiver-refused: 422 structure`. */
export const reasonText = ({ rule, detail }: Reason): string => (detail === undefined ? rule : `${rule}: ${detail}`);

/** The issue of a stored reason, for pages and responses; undefined for any other text. */
export function issueOfReason(text: string): Issue | undefined {
  const [rule = '', ...rest] = text.split(': ');
  if (!Object.hasOwn(deliveryRules, rule)) return undefined;
  return issue(rule as DeliveryRule, { detail: rest.join(': ') || '-' });
}
