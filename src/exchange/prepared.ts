import type { Purpose } from '../disclosure/index.ts';
import { type Identified, mainOf, resourcesOf } from '../fhir/graph.ts';
import type { Issue } from '../fhir/issue.ts';
import { decisionProvenance } from '../routing/index.ts';
import type { Grant } from '../store/port.ts';
import { dispatchesOf } from './disclose/dispatch.ts';
import { seenOf, type Unmapped } from './maps/unknown-codes.ts';
import { transactionResponse } from './pipeline/answer.ts';
import type { Keeping } from './pipeline/commit.ts';
import type { Share } from './pipeline/disclosure.ts';
import type { Gateway } from './pipeline/gateway.ts';
import type { Routed } from './pipeline/kind.ts';
import { isOutgoing, issuesOf, type Step } from './pipeline/step.ts';
import type { Received } from './reading/envelope.ts';
import { type Header, messageResponse } from './reading/message-response.ts';

/** What the gateway made of a message before anything was stored. */
export type Prepared = Routed & {
  /** Of what came as a message: it is answered by one. */
  readonly header: Header | undefined;
  readonly shares: readonly Share[];
  /** Codes of it that no table knew. */
  readonly unmapped: readonly Unmapped[];
};

/** What an accepted message leaves behind: its resources, who may see each, and what goes out to whom. */
export function keepingOf(gateway: Gateway, received: Received, prepared: Prepared, steps: readonly Step[]): Keeping {
  const { graph, decisions, changes = [], guards = [], header, shares, unmapped } = prepared;
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
      receipts: shares.map(({ receipt }) => receipt),
      ...(unmapped.length ? { unmapped } : {}),
    },
    unknownCodes: seenOf(unmapped),
    changes: [
      ...withMade(resources, shares, changes).map((resource) => ({
        resource,
        expect: 'new' as const,
        readers: readersOf(resource.id, received.partner.id, shares),
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
    grants: grantsOf(shares, [...resources, ...changes.map(({ resource }) => resource as Identified)]),
    dispatches: dispatchesOf(gateway, shares),
    codes: [...new Set(warnings.map(({ rule }) => rule))],
  };
}

/** Shares whose resources were made for their recipient; what only changed is none of them. */
const made: ReadonlySet<Purpose> = new Set(['social-request', 'consultation-extract', 'invitation']);

/** What was made for one recipient is stored as it was given: the Task in place of the one that was sent. */
function withMade(
  resources: readonly Identified[],
  shares: readonly Share[],
  changes: NonNullable<Routed['changes']>,
): Identified[] {
  const changed = new Set(changes.map(({ resource }) => resource.id));
  const given = shares
    .filter(({ purpose }) => made.has(purpose))
    .flatMap(({ bundle }) => resourcesOf(bundle).filter(({ id }) => !changed.has(id)));
  return [...new Map([...resources, ...given].map((it) => [`${it.resourceType}/${it.id}`, it])).values()];
}

/** What a consultation gives that was there before may be read at the gateway too. */
function grantsOf(shares: readonly Share[], stored: readonly Identified[]): Grant[] {
  const ids = new Set(stored.map(({ id }) => id));
  return shares
    .filter(({ purpose }) => purpose === 'consultation')
    .flatMap(({ partner, bundle }) =>
      resourcesOf(bundle)
        .filter(({ id }) => !ids.has(id))
        .map(({ resourceType, id }) => ({ type: resourceType, id, readers: [partner] })),
    );
}

/** What the sender is warned of, once each: its message as it came in and as the gateway's profile sees it. */
function warningsOf(steps: readonly Step[]): Issue[] {
  const told = issuesOf(steps.filter(({ step }) => !isOutgoing(step))).filter(({ severity }) => severity === 'warning');
  return [...new Map(told.map((it) => [`${it.rule} ${it.constraint} ${it.expression}`, it])).values()];
}

/** Who sent it may see it again; everybody else sees what was disclosed to them. */
const readersOf = (id: string, sender: string, shares: readonly Share[]): string[] => [
  ...new Set([sender, ...shares.filter((it) => holds(it, id)).map(({ partner }) => partner)]),
];

const holds = ({ bundle }: Share, id: string): boolean =>
  bundle.entry?.some(({ resource }) => resource?.id === id) ?? false;
