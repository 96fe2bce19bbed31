import { type Identified, mainOf, resourcesOf } from '../fhir/graph.ts';
import type { Issue } from '../fhir/issue.ts';
import { decisionProvenance } from '../routing/index.ts';
import type { Grant } from '../store/port.ts';
import { dispatchesOf } from './disclose/dispatch.ts';
import { type Unmapped, unknownCodesSeen } from './maps/unknown-codes.ts';
import { transactionResponse } from './pipeline/answer.ts';
import type { CommitPlan } from './pipeline/commit.ts';
import type { Disclosure } from './pipeline/disclosure.ts';
import type { Gateway } from './pipeline/gateway.ts';
import type { Routed } from './pipeline/kind.ts';
import { isOutgoing, issuesOf, type Step } from './pipeline/step.ts';
import type { Received } from './reading/envelope.ts';
import { type Header, messageResponse } from './reading/message-response.ts';

/** What the gateway made of a message before anything was stored. */
export type Prepared = Omit<Routed, 'disclosures'> & {
  /** Header of a FHIR message: it is answered by a message. */
  readonly header: Header | undefined;
  readonly disclosures: readonly Disclosure[];
  /** Codes that no table of a map contains. */
  readonly unmapped: readonly Unmapped[];
};

/** What an accepted message leaves behind: its resources, the rights to read each, and what is disclosed to whom. */
export function commitPlanOf(
  gateway: Gateway,
  received: Received,
  prepared: Prepared,
  steps: readonly Step[],
): CommitPlan {
  const { graph, decisions, changes = [], guards = [], header, disclosures, unmapped } = prepared;
  const resources = resourcesOf(graph);
  const warnings = warningsOf(steps);
  const location = mainOf(graph);
  const base = gateway.network.settings.baseUrl;
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
    unknownCodes: unknownCodesSeen(unmapped),
    changes: [
      ...withExtracts(resources, disclosures, changes).map((resource) => ({
        resource,
        expect: 'new' as const,
        readers: readersOf(resource.id, received.partner.id, disclosures),
      })),
      // why it went there: read through $explain only, in the projection of who asks
      ...decisions.map((it) => ({
        resource: decisionProvenance(it, graph, gateway.world.newId()),
        expect: 'new' as const,
        readers: [],
      })),
      ...changes,
    ],
    guards,
    grants: grantsOf(disclosures, [...resources, ...changes.map(({ resource }) => resource as Identified)]),
    dispatches: dispatchesOf(gateway, disclosures),
    codes: [...new Set(warnings.map(({ rule }) => rule))],
  };
}

/** What was created for one recipient is stored as disclosed: its Task in place of the one that was sent. */
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

/** Resources that were stored before and are part of a disclosure now: their recipient may read them at the gateway too. */
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

/** Warnings to the sender, once each: about its message as sent and against the gateway's profile. */
function warningsOf(steps: readonly Step[]): Issue[] {
  const warnings = issuesOf(steps.filter(({ step }) => !isOutgoing(step))).filter(
    ({ severity }) => severity === 'warning',
  );
  return [...new Map(warnings.map((it) => [`${it.rule} ${it.constraint} ${it.expression}`, it])).values()];
}

/** The sender may read all of it; everybody else what was disclosed to them. */
const readersOf = (id: string, sender: string, disclosures: readonly Disclosure[]): string[] => [
  ...new Set([sender, ...disclosures.filter((it) => includes(it, id)).map(({ partner }) => partner)]),
];

const includes = ({ bundle }: Disclosure, id: string): boolean =>
  bundle.entry?.some(({ resource }) => resource?.id === id) ?? false;
