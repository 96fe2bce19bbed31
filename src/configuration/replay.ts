import type { Parameters, Provenance } from '@medplum/fhirtypes';
import type { DecisionContext } from '../exchange/pipeline/gateway.ts';
import { parseJson, writeJson } from '../fhir/json.ts';
import { decisionProvenance, decisionRecordIn } from '../routing/index.ts';
import type { Message, Store } from '../store/port.ts';
import { memoryAt } from './past-memory.ts';
import { pastNetworks } from './past-network.ts';
import { decideAgain, recordedMessageOf } from './recorded-message.ts';

/**
 * The result of replaying a recorded decision: `same`, byte for byte; `other`; `set-unknown` when the store lacks the
 * set that decided, or this version of the gateway cannot compile it.
 */
export type ReplayResult = {
  readonly message: string;
  readonly configuration: string;
  readonly verdict: 'same' | 'other' | 'set-unknown';
  /** Names of the differing parameters of the decision record. */
  readonly differs: readonly string[];
};

/**
 * Replays the decisions about recorded messages, each with the set that decided and the store and directory of that
 * time, and compares the decision records. Nothing is stored or sent.
 */
export async function* replay(
  store: Store,
  messages: AsyncIterable<Message>,
  open: (digest: string) => Promise<DecisionContext | undefined>,
): AsyncGenerator<ReplayResult> {
  const networkOf = await pastNetworks(store);
  const opened = new Map<string, Promise<DecisionContext | undefined>>();
  for await (const it of messages) {
    const message = recordedMessageOf(it);
    const records = message ? await recordsOf(store, message) : [];
    if (!message || records.length === 0) continue;
    const { id, configuration, receivedAt } = message;
    const known = opened.get(configuration) ?? open(configuration);
    opened.set(configuration, known);
    const deciding = await known;
    if (!deciding) {
      yield { message: id, configuration, verdict: 'set-unknown', differs: [] };
      continue;
    }
    const network = await networkOf(deciding.network, receivedAt);
    const moment = new Date(part(records[0]!, 'decided-at')[0]?.valueInstant ?? receivedAt);
    const walked = await decideAgain({ ...deciding, network }, memoryAt(store, receivedAt), message, moment);
    const again = walked?.ok
      ? walked.value.decisions.map((it) => decisionRecordIn(decisionProvenance(it, walked.value.graph, id)))
      : [];
    const differs = [...new Set(records.flatMap((was, index) => otherParts(was, again[index])))];
    yield { message: id, configuration, verdict: differs.length ? 'other' : 'same', differs };
  }
}

/** The decision records of a message: those of its order, written in its own commit. */
async function recordsOf(store: Store, { answer, receivedAt }: Message): Promise<readonly Parameters[]> {
  const order = /ServiceRequest\/[0-9a-f-]{36}/.exec(answer.body)?.[0];
  if (!order) return [];
  const criteria = [{ name: 'target', values: [order] }];
  const found = await store.search('Provenance', { criteria, sort: '_lastUpdated', count: 100 });
  if (found.kind !== 'found') return [];
  return found.resources
    .filter(({ lastUpdated }) => lastUpdated.getTime() === receivedAt.getTime())
    .flatMap(({ text }) => decisionRecordIn(parseJson(text) as Provenance) ?? []);
}

const part = ({ parameter = [] }: Parameters, name: string) => parameter.filter((it) => it.name === name);

function otherParts(was: Parameters, is: Parameters | undefined): readonly string[] {
  if (!is) return ['outcome'];
  if (writeJson(was) === writeJson(is)) return [];
  const names = new Set([...(was.parameter ?? []), ...(is.parameter ?? [])].map(({ name = '' }) => name));
  return [...names].filter((name) => JSON.stringify(part(was, name)) !== JSON.stringify(part(is, name)));
}
