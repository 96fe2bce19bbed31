import { type Identified, mainOf, resourcesOf } from '../fhir/graph.ts';
import type { Issue } from '../fhir/issue.ts';
import { decisionProvenance } from '../routing/index.ts';
import type { Grant, MessageKeys } from '../store/port.ts';
import { dispatchesOf } from './disclose/dispatch.ts';
import { type Unmapped, unknownCodesSeen } from './maps/unknown-codes.ts';
import { rightsEnded } from './memory/right-to-read.ts';
import type { CommitPlan } from './pipeline/commit.ts';
import type { Disclosure } from './pipeline/disclosure.ts';
import type { Gateway } from './pipeline/gateway.ts';
import type { Routed } from './pipeline/kind.ts';
import { isOutgoing, issuesOf, type Step } from './pipeline/step.ts';
import type { Received } from './reading/envelope.ts';
import { type Header, messageResponse } from './reading/message-response.ts';
import { transactionResponse } from './transaction-response.ts';

/** Outcome of all steps of a message, before anything is stored. */
export type Prepared = Omit<Routed, 'disclosures'> & {
  /** Header of a FHIR message, which is answered by a message. */
  readonly header: Header | undefined;
  readonly disclosures: readonly Disclosure[];
  /** Codes that no table of a map contains. */
  readonly unmapped: readonly Unmapped[];
  /** Names that the sender gave to its order, where the kind has them. */
  readonly keys?: MessageKeys;
};

/** Commit of an accepted message: its resources with their readers, the decisions, and the disclosures. */
export async function commitPlanOf(
  gateway: Gateway,
  received: Received,
  prepared: Prepared,
  steps: readonly Step[],
): Promise<CommitPlan> {
  const { ended = [], graph, decisions, changes = [], guards = [], header, disclosures, unmapped, keys } = prepared;
  const resources = resourcesOf(graph);
  const warnings = warningsOf(steps);
  const location = mainOf(graph);
  const base = gateway.network.settings.baseUrl;
  const ends = await Promise.all(ended.map((it) => rightsEnded(gateway, it)));
  const readers = readersOf(received.partner.id, disclosures);
  return {
    interaction: 'accept',
    action: 'C',
    body: header
      ? messageResponse({ header, location, warnings, base, at: received.at, newId: gateway.world.newId })
      : transactionResponse(resources, warnings, received.at),
    location,
    version: 1,
    steps,
    decisions: {
      decisions,
      receipts: disclosures.map(({ receipt }) => receipt),
      ...(unmapped.length ? { unmapped } : {}),
    },
    ...(keys ? { keys } : {}),
    unknownCodes: unknownCodesSeen(unmapped),
    changes: [
      ...withExtracts(resources, disclosures, changes).map((resource) => ({
        resource,
        expect: 'new' as const,
        readers: readers(resource.id),
      })),
      // the reasons of the decision: read through $explain only, in the projection of the reader
      ...decisions.map((it) => ({
        resource: decisionProvenance(it, graph, gateway.world.newId()),
        expect: 'new' as const,
        readers: [],
      })),
      ...changes,
    ],
    guards,
    revocations: ends.flatMap(({ revocations }) => revocations),
    grants: [
      ...ends.flatMap(({ grants }) => grants),
      ...grantsOf(disclosures, [...resources, ...changes.map(({ resource }) => resource as Identified)]),
    ],
    disclosures,
    dispatches: dispatchesOf(gateway, disclosures),
    codes: [...new Set(warnings.map(({ rule }) => rule))],
  };
}

/** Resources created for one recipient are stored as disclosed: its Task replaces the one that was sent. */
function withExtracts(
  resources: readonly Identified[],
  disclosures: readonly Disclosure[],
  changes: NonNullable<Routed['changes']>,
): Identified[] {
  const changed = new Set(changes.map(({ resource }) => resource.id));
  const extracts = disclosures
    .filter(({ isExtract }) => isExtract)
    .flatMap(({ bundle }) => resourcesOf(bundle).filter(({ id }) => !changed.has(id)));
  return [...new Map([...resources, ...extracts].map((it) => [`${it.resourceType}/${it.id}`, it])).values()];
}

/** Rights to read on stored resources that are part of a disclosure. */
function grantsOf(disclosures: readonly Disclosure[], stored: readonly Identified[]): Grant[] {
  const ids = new Set(stored.map(({ id }) => id));
  return disclosures
    .filter(({ includesStored }) => includesStored)
    .flatMap(({ partner, bundle }) =>
      resourcesOf(bundle)
        .filter(({ id }) => !ids.has(id))
        .map(({ resourceType, id }) => ({ type: resourceType, id, readers: [partner] })),
    );
}

/** Warnings to the sender, each once: about its message as sent and in the gateway's profile. */
export function warningsOf(steps: readonly Step[]): Issue[] {
  const warnings = issuesOf(steps.filter(({ step }) => !isOutgoing(step))).filter(
    ({ severity }) => severity === 'warning',
  );
  return [...new Map(warnings.map((it) => [`${it.rule} ${it.constraint} ${it.expression}`, it])).values()];
}

/** The sender may read all of it; other parties what was disclosed to them. */
function readersOf(sender: string, disclosures: readonly Disclosure[]): (id: string) => string[] {
  const partners = new Map<string, Set<string>>();
  for (const { partner, bundle } of disclosures)
    for (const { id } of resourcesOf(bundle)) partners.set(id, (partners.get(id) ?? new Set()).add(partner));
  return (id) => [...new Set([sender, ...(partners.get(id) ?? [])])];
}
