import type { Parameters, Provenance, ServiceRequest } from '@medplum/fhirtypes';
import { mayPartner } from '../../access/decide/index.ts';
import type { Partner } from '../../directory/index.ts';
import { parseJson } from '../../fhir/json.ts';
import { decisionRecordIn, projectDecisionRecord, type RecordAudience } from '../../routing/index.ts';
import type { Store } from '../../store/port.ts';
import type { Reading } from '../memory/as-seen.ts';
import type { Gateway } from '../pipeline/gateway.ts';

/**
 * Decisions on the owners of an order, as far as this partner may read them; undefined when it may not read the order.
 * `permitted`: the store as the partner sees it.
 */
export async function explainOrder(
  { store, network }: Gateway,
  partner: Partner,
  order: string,
  permitted: Pick<Reading, 'read'>,
): Promise<readonly Parameters[] | undefined> {
  const stored = await permitted.read('ServiceRequest', order, partner.id);
  if (!stored) return undefined;
  const { subject } = parseJson(stored.text) as ServiceRequest;
  const person = /(?:^|\/)Patient\/([^/]+)$/.exec(subject.reference ?? '')?.[1];
  const mayReadPerson = person !== undefined && (await permitted.read('Patient', person, partner.id)) !== undefined;
  const readable = { person: mayReadPerson ? 'readable' : 'unreadable' } as const;
  const decided = mayPartner(network, partner, 'explain', ['record', 'disclosed'], readable);
  if (!decided.decision) return undefined;
  const { view } = decided.context;
  const audience: RecordAudience = view === 'full' || view === 'reason' ? view : 'outcome';
  // the records have no readers: $explain is the only access
  return (await routedRecords(store, order)).map((it) => projectDecisionRecord(it, audience));
}

/** Every decision about an order, unreduced, the oldest first: the caller checks the rights of its reader. */
export async function routedRecords(store: Pick<Store, 'search'>, order: string): Promise<readonly Parameters[]> {
  const criteria = [{ name: 'target', values: [`ServiceRequest/${order}`] }];
  const found = await store.search('Provenance', { criteria, sort: '_lastUpdated', count: 100 });
  if (found.kind !== 'found') return [];
  return found.resources.flatMap(({ text }) => decisionRecordIn(parseJson(text) as Provenance) ?? []);
}
