import { deliveryRules } from '../fhir/catalogue/delivery.ts';
import { type Issue, issue } from '../fhir/issue.ts';

/** A line of the error catalogue (catalogue/delivery.ts). */
export type DeliveryRule = keyof typeof deliveryRules;

/** Why a delivery was put off or given up: our rule, and in `detail` a status or codes, never words of the receiver. */
export type Reason = { readonly rule: DeliveryRule; readonly detail?: string };

/** As it is stored with an attempt: `receiver-refused: 422 structure`. */
export const reasonText = ({ rule, detail }: Reason): string => (detail === undefined ? rule : `${rule}: ${detail}`);

/** The issue of a stored reason, for pages and answers; undefined for a text that no delivery has written. */
export function issueOfReason(text: string): Issue | undefined {
  const [rule = '', ...rest] = text.split(': ');
  if (!Object.hasOwn(deliveryRules, rule)) return undefined;
  return issue(rule as DeliveryRule, { detail: rest.join(': ') || '-' });
}
