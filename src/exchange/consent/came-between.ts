import type { Bundle } from '@medplum/fhirtypes';
import { resourcesOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import type { Guard, Query, Store } from '../../store/port.ts';
import { findBy } from '../memory/memory.ts';
import { objects } from '../memory/objections.ts';
import { type CommitPlan, tryCommit } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Received } from '../reading/envelope.ts';
import { endedBy } from './depends-on-consent.ts';
import type { IdentifiedConsent } from './still-question.ts';

/** The Consents on which a message was decided. */
export type Considered = {
  /** The store, as the decision reads it. */
  readonly memory: Store;
  /** The decision holds while none of them has changed. */
  readonly guards: () => readonly Guard[];
  /** Those that ended since, and objections that were recorded since, but for those of this graph. */
  readonly since: (own: Bundle) => Promise<readonly IdentifiedConsent[]>;
};

/** Ids of one search. */
const idsAtOnce = 200;

/** Remembers which Consents a decision reads. */
export function consentsConsidered(store: Store): Considered {
  const versions = new Map<string, number>();
  const questions: (readonly [Pick<Query, 'criteria' | 'distinct'>, string | undefined])[] = [];
  return {
    memory: {
      ...store,
      search: async (type, query, reader) => {
        const found = await store.search(type, query, reader);
        if (type !== 'Consent' || found.kind !== 'found') return found;
        const { criteria, distinct, cursor } = query;
        if (!cursor) questions.push([{ criteria, ...(distinct ? { distinct } : {}) }, reader]);
        for (const { id, version } of found.resources) versions.set(id, version);
        return found;
      },
    },
    guards: () => [...versions].map(([id, version]) => ({ type: 'Consent', id, version })),
    since: async (own) => {
      const ids = new Set(resourcesOf(own).map(({ id }) => id));
      const other = new Map<string, IdentifiedConsent>();
      // one that ended may now state the same as another that has ended, and is not among the distinct ones
      const read = [...versions.keys()];
      const again = Array.from({ length: Math.ceil(read.length / idsAtOnce) }, (_, at) => {
        const values = read.slice(at * idsAtOnce, (at + 1) * idsAtOnce);
        return [{ criteria: [{ name: '_id', values }] }, undefined] as const;
      });
      for (const [{ criteria, ...query }, reader] of [...questions, ...again])
        for (const it of await findBy(store, 'Consent', criteria, { ...query, reader }))
          if (versions.get(it.id) !== Number(it.meta?.versionId) && !ids.has(it.id))
            other.set(it.id, it as unknown as IdentifiedConsent);
      return [...other.values()].filter(({ id, provision }) => versions.has(id) || objects(provision));
    },
  };
}

/** The objections that a message brings. */
export const objectionsIn = (graph: Bundle): readonly IdentifiedConsent[] =>
  resourcesOf(graph).filter(
    (it): it is IdentifiedConsent & typeof it => isType(it, 'Consent') && objects((it as IdentifiedConsent).provision),
  ) as readonly IdentifiedConsent[];

/** Commits of others that may come between, one after the other. */
const mostRounds = 3;

/**
 * Two commits that did not know of each other, an end of a Consent or an objection, and a disclosure that it bars: the one
 * that comes last looks again, and ends what should not have begun.
 */
export async function endWhatCameBetween(
  gateway: Gateway,
  received: Received,
  consents: readonly IdentifiedConsent[],
): Promise<void> {
  for (const ofPerson of Map.groupBy(consents, ({ patient }) => patient?.reference).values()) {
    const [consent] = ofPerson;
    for (let round = 0; round < mostRounds; round++) {
      const ended = await endedBy(gateway, received, ofPerson);
      if (!consent || !ended.ok || (ended.value.changes.length === 0 && ended.value.revocations.length === 0)) break;
      const { decisions, ...plan } = ended.value;
      const commit: CommitPlan = {
        interaction: 'update',
        action: 'U',
        body: consent,
        location: `Consent/${consent.id}`,
        version: Number(consent.meta?.versionId),
        steps: [],
        decisions: { rule: 'came-between', withdrawn: decisions },
        codes: [],
        ...plan,
      };
      const { pulled: _, ...mover } = received;
      await tryCommit(gateway, { ...mover, requestId: gateway.world.newId() }, commit);
    }
  }
}
