import { type Caller, type Permission, permits } from '../../access/index.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { SentMessage } from '../reading/sent-message.ts';

/** An entry that only addresses a message creates nothing. */
const envelopes = ['MessageHeader', 'Bundle'];

/** What a message that is not FHIR creates, whatever else its map makes of it. */
const createdByForms = ['ServiceRequest', 'Task'];

/** A message creates each of its entries, so its token needs the scope for each. Issue: `scope-insufficient`. */
export function beyondScopes(caller: Caller, sent: SentMessage): readonly Issue[] {
  if (!caller.scopes) return [];
  const types = sent.shape === 'fhir' ? typesIn(sent.message) : createdByForms;
  return lacking(
    caller,
    types.map((type) => ({ type, permission: 'c' })),
  );
}

/** The moves of a transaction are updates. Issue: `scope-insufficient`. */
export const movesBeyondScopes = (caller: Caller, types: readonly string[]): readonly Issue[] =>
  lacking(
    caller,
    types.map((type) => ({ type, permission: 'u' })),
  );

/** For a message that the gateway itself completes with what is stored: its request was within its scopes. */
export function withoutScopes<T extends { readonly partner: Caller }>(received: T): T {
  const { scopes: _, ...partner } = received.partner;
  return { ...received, partner };
}

function typesIn(message: Resource): readonly string[] {
  if (!isType(message, 'Bundle')) return [message.resourceType];
  return (message.entry ?? [])
    .map(({ resource }) => resource?.resourceType ?? '*')
    .filter((type) => !envelopes.includes(type));
}

function lacking(
  { scopes }: Caller,
  needed: readonly { readonly type: string; readonly permission: Permission }[],
): readonly Issue[] {
  if (!scopes) return [];
  const missing = needed
    .filter(({ type, permission }) => !permits(scopes, type, permission))
    .map(({ type, permission }) => `system/${type}.${permission}`);
  return missing.length ? [issue('scope-insufficient', { scopes: [...new Set(missing)].join(' ') })] : [];
}
