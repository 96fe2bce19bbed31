import { type Commitment, commitTo, type Opening, open, type Proof } from '../disclosure/index.ts';
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Message, Store } from '../store/port.ts';

type Tracked = Pick<Store, 'message' | 'messages' | 'audit' | 'vread'>;

/** The proofs of the disclosures that followed from a message, by its id. Undefined when the store has no such message. */
export async function proofsOf(store: Tracked, message: string): Promise<readonly Proof[] | undefined> {
  const found = await store.message(message);
  return found && proofsIn(found);
}

/** The proofs of the messages of a journey, by its X-Trace-Id: an auditor finds it in the audit trail. */
export async function* proofsOfTrace(store: Tracked, traceId: string): AsyncGenerator<Proof> {
  for (let cursor: string | undefined; ; ) {
    const page = await store.messages({ traceId, count: 50, ...(cursor ? { cursor } : {}) });
    for (const it of page.items) yield* proofsIn(it);
    if (!page.next) return;
    cursor = page.next;
  }
}

type ProofLog = { readonly proofs?: readonly Proof[]; readonly proofKey?: string };

const logOf = ({ messageLog }: Message): ProofLog => JSON.parse(messageLog) as ProofLog;

const proofsIn = (message: Message): readonly Proof[] => logOf(message).proofs ?? [];

/**
 * Shows one value of the source of a proof. `removed`: the store no longer has the source or the key of its leaves, as after the
 * erasure of the person; `differs`: what it has is not what the proof commits to; `path`: the source has no such path.
 */
export async function openedBy(
  store: Tracked,
  proof: Proof,
  path: string,
): Promise<
  | { readonly ok: true; readonly opening: Opening }
  | { readonly ok: false; readonly because: 'removed' | 'differs' | 'path' }
> {
  const commitment = await commitmentOf(store, proof);
  if (!commitment) return { ok: false, because: 'removed' };
  if (commitment.root !== proof.root) return { ok: false, because: 'differs' };
  const opening = open(commitment, path);
  return opening ? { ok: true, opening } : { ok: false, because: 'path' };
}

async function commitmentOf(store: Tracked, { source, message }: Proof): Promise<Commitment | undefined> {
  const record = await store.message(message);
  const key = record && logOf(record).proofKey;
  if (!key) return undefined;
  const resources: { resource: Resource; version: number }[] = [];
  for (const name of source) {
    const [type = '', id = '', , version] = name.split('/');
    const stored = await store.vread(type, id, Number(version));
    if (!stored) return undefined;
    resources.push({ resource: parseJson(stored.text) as Resource, version: Number(version) });
  }
  return commitTo(resources, { key: Buffer.from(key, 'base64url'), message });
}
