import type { ActionName, ResourceKind } from '../access/decide/index.ts';
import { interactions } from './interactions.ts';

/** The action and the kind of resource of a reading interaction, for the decision on it. */
export type Asked = { readonly action: ActionName; readonly kind: ResourceKind };

const kinds: Readonly<Record<string, Asked>> = {
  // what the page shows of the network itself is published; each part besides is decided on by itself
  console: { action: 'read', kind: 'published' },
  silent: { action: 'silent', kind: 'operation' },
  'unknown-codes': { action: 'unknown-codes', kind: 'operation' },
  'dead-letters': { action: 'dead-letters', kind: 'operation' },
  messages: { action: 'messages', kind: 'operation' },
  partners: { action: 'partners', kind: 'operation' },
  failures: { action: 'failures', kind: 'operation' },
  replays: { action: 'replays', kind: 'operation' },
  'own-deliveries': { action: 'own-deliveries', kind: 'operation' },
  disclosures: { action: 'disclosures', kind: 'operation' },
  'evaluate-measure': { action: 'evaluate-measure', kind: 'report' },
  'see-envelope': { action: 'see-envelope', kind: 'record' },
  'see-issues': { action: 'see-issues', kind: 'record' },
  validate: { action: 'validate', kind: 'draft' },
  transform: { action: 'transform', kind: 'draft' },
  'find-place': { action: 'find-place', kind: 'directory' },
  case: { action: 'case', kind: 'record' },
  'propose-transfer': { action: 'propose-transfer', kind: 'record' },
  'subscription-status': { action: 'subscription-status', kind: 'subscription' },
  'subscription-events': { action: 'subscription-events', kind: 'subscription' },
};

/** Undefined for what the gateway does not offer. */
export function askedBy(interaction: string, path: string): Asked | undefined {
  if (interaction === 'unsupported') return undefined;
  const [, , type = '', id] = path.split('/');
  if (interaction === 'explain')
    return id === undefined ? { action: 'explain-message', kind: 'draft' } : { action: 'explain', kind: 'record' };
  if (interaction === 'project')
    return id === undefined ? { action: 'project-message', kind: 'draft' } : { action: 'project', kind: 'record' };
  return kinds[interaction] ?? { action: interaction as ActionName, kind: kindOf(type) };
}

function kindOf(type: string): ResourceKind {
  const from = Object.hasOwn(interactions, type) ? interactions[type]?.from : undefined;
  if (from === 'directory') return 'directory';
  if (from === 'Subscription') return 'subscription';
  if (from !== undefined) return 'published';
  return type === 'Task' ? 'task' : 'record';
}
