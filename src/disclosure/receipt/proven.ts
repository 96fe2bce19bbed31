import type { Bundle } from '@medplum/fhirtypes';
import type { Resource } from '../../fhir/resource.ts';
import { yieldToOthers } from '../../turns.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Receipt } from '../receipt.ts';
import { commitInTurns, type ProofContext, proofsOf, type SourceResource } from './proof.ts';

/** What of the commit of a message is proven. */
type Proven = {
  readonly changes: readonly {
    readonly resource: Resource;
    readonly expect: 'new' | { readonly version: number };
  }[];
  readonly decisions?: Readonly<Record<string, unknown>>;
  readonly disclosures?: readonly {
    readonly bundle: Bundle;
    readonly receipt: Receipt;
    readonly evidence: Evidence;
  }[];
};

type ProvingContext = Omit<ProofContext, 'key'> & {
  /** A new random key of 32 bytes. */
  readonly newKey: () => Uint8Array;
};

/**
 * The same commit with the proofs of its disclosures among its decisions, and the root of each in its receipt. The source is what
 * the commit stores, and what was stored before of what it discloses: any value of it can be shown from the store later. The key
 * of the leaves is stored beside the proofs: the record of a message is encrypted under the data keys of its persons. Others have
 * their turn between its parts.
 */
export async function proven<P extends Proven>(plan: P, { newKey, ...context }: ProvingContext): Promise<P> {
  const { changes, decisions, disclosures = [] } = plan;
  if (disclosures.length === 0) return plan;
  const key = newKey();
  const yieldIfDue = yieldToOthers();
  await yieldIfDue();
  const commitment = await commitInTurns(sourceOf(changes, disclosures), { key, message: context.message }, yieldIfDue);
  await yieldIfDue();
  const proofs = proofsOf(
    commitment,
    disclosures.map(({ receipt, bundle, evidence }) => ({ receipt, resources: resourcesIn(bundle), evidence })),
    context,
  );
  await yieldIfDue();
  const { root } = commitment;
  return {
    ...plan,
    decisions: { ...decisions, proofs, proofKey: Buffer.from(key).toString('base64url') },
    disclosures: disclosures.map((it) => ({ ...it, receipt: { ...it.receipt, root } })),
  };
}

const resourcesIn = ({ entry = [] }: Bundle): readonly Resource[] => entry.flatMap(({ resource }) => resource ?? []);

function sourceOf(
  changes: Proven['changes'],
  disclosures: NonNullable<Proven['disclosures']>,
): readonly SourceResource[] {
  const found = new Map<string, SourceResource>();
  const add = (resource: Resource, version: number) => {
    const name = `${resource.resourceType}/${resource.id}`;
    if (!found.has(name)) found.set(name, { resource, version });
  };
  // the reasons of the routing are disclosed to nobody
  for (const { resource, expect } of changes)
    if (resource.resourceType !== 'Provenance') add(resource, expect === 'new' ? 1 : expect.version + 1);
  for (const { bundle } of disclosures)
    for (const resource of resourcesIn(bundle)) {
      const version = Number(resource.meta?.versionId);
      if (version > 0) add(resource, version);
    }
  return [...found.values()];
}
