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
  // The records have no readers: $explain is the only access. Each is about some of the Tasks of the order: that there are others, as
  // of a rival candidate, is known to whose partner may read those, whatever its token is for.
  const shown: Parameters[] = [];
  for (const it of await routedDecisions(store, order)) {
    const tasks = await Promise.all(tasksOf(it).map((task) => store.read('Task', task, partner.id)));
    const record = tasks.some((task) => task !== undefined) ? decisionRecordIn(it) : undefined;
    if (record) shown.push(projectDecisionRecord(record, audience));
  }
  return shown;
}

const tasksOf = ({ target }: Provenance): readonly string[] =>
  target.flatMap(({ reference }) => /(?:^|\/)Task\/([^/]+)$/.exec(reference ?? '')?.[1] ?? []);

/** Every decision about an order, unreduced, the oldest first: the caller checks the rights of its reader. */
export async function routedRecords(store: Pick<Store, 'search'>, order: string): Promise<readonly Parameters[]> {
  return (await routedDecisions(store, order)).flatMap((it) => decisionRecordIn(it) ?? []);
}

async function routedDecisions(store: Pick<Store, 'search'>, order: string): Promise<readonly Provenance[]> {
  const criteria = [{ name: 'target', values: [`ServiceRequest/${order}`] }];
  const found = await store.search('Provenance', { criteria, sort: '_lastUpdated', count: 100 });
  return found.kind === 'found' ? found.resources.map(({ text }) => parseJson(text) as Provenance) : [];
}
