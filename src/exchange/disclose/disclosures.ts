import type { Bundle, BundleEntry, Consent } from '@medplum/fhirtypes';
import { type Network, recipientOf } from '../../directory/index.ts';
import { disclose, type ProjectionContext, type Purpose } from '../../disclosure/index.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { disclosureTo } from './disclosure-to.ts';

type DisclosureContext = Pick<DecisionContext, 'network' | 'world' | 'grounds' | 'outside'>;

type Parties = {
  readonly sender: string;
  readonly owner?: string | undefined;
  readonly isSentTogether?: boolean;
  /** Stored objections of the person that the message does not bring: they bar, and are no part of what is disclosed. */
  readonly objections?: readonly Consent[];
};

/** A graph to decide on, with objections that are no part of it. */
export const withObjections = (graph: Bundle, objections: readonly Consent[]): Bundle => ({
  ...graph,
  entry: [...(graph.entry ?? []), ...objections.map((resource) => ({ resource }))],
});

type Party = { readonly partner: string; readonly purpose: Purpose };

/**
 * Disclosures of a routed referral (verwijzing): the referral to the owner of the Task, and the status of the Task to
 * the sender. The referral is refused when it may not be disclosed to the owner; a status that may not be disclosed is
 * omitted. Issue: `recipient-endpoint-missing` (warning), and those of the disclosure.
 */
export function referralDisclosures(
  context: DisclosureContext,
  routed: Bundle,
  parties: Parties,
  now: Date,
): Result<readonly Disclosure[]> {
  const { network, world, grounds, outside } = context;
  const { sender, owner, isSentTogether = false, objections = [] } = parties;
  if (objections.length) {
    const barred = referralDisclosures(
      context,
      withObjections(routed, objections),
      { ...parties, objections: [] },
      now,
    );
    if (!barred.ok) return barred;
  }
  const recipients: Party[] = [
    ...(owner ? [{ partner: owner, purpose: 'referral' as const }] : []),
    ...(sender === owner ? [] : [{ partner: sender, purpose: 'status' as const }]),
  ];
  const warnings: Issue[] = owner ? [] : [issue('recipient-endpoint-missing', {}, { expression: 'Task.owner' })];
  const disclosures: Disclosure[] = [];
  let graph = routed;
  for (const { partner, purpose } of recipients) {
    const recipient = recipientOf(network, partner);
    if (!recipient) throw new Error(`the directory names partner ${partner}, which the network does not have`);
    const disclosure = disclose({
      graph,
      recipient,
      sender,
      purpose,
      isSentTogether,
      now,
      projection: projectionContext({ network, world }, sender),
      grounds,
      ...(outside ? { outside } : {}),
    });
    if (disclosure.kind === 'refused') {
      if (purpose === 'referral') return failure(...disclosure.issues);
      continue;
    }
    const { bundle, receipt, evidence } = disclosure;
    if (isSentTogether && receipt.purpose === 'referral')
      warnings.push(...undelivered(graph, bundle, recipient.projections.message('selected', 'referral').types));
    const created = disclosureTo(network, { partner, purpose: receipt.purpose, bundle, receipt, evidence });
    if (purpose === 'referral' && created.channel === 'inbox')
      warnings.push(issue('recipient-endpoint-missing', {}, { expression: 'Task.owner' }));
    // from now on the sender follows the Task of the social domain too
    if (receipt.purpose === 'social-request') graph = withTask(graph, bundle);
    disclosures.push(created);
  }
  return success(disclosures, warnings);
}

/**
 * Entries that the receiver does not get. Within care only: the social domain never receives more than its allow-list.
 */
function undelivered({ entry = [] }: Bundle, disclosed: Bundle, types: ReadonlyMap<string, unknown>): Issue[] {
  const delivered = new Set((disclosed.entry ?? []).map(({ resource }) => resource?.id));
  return entry.flatMap(({ resource }, index) =>
    resource && !delivered.has(resource.id)
      ? [
          issue(
            types.has(resource.resourceType) ? 'entry-not-delivered' : 'entry-type-not-disclosed',
            { type: resource.resourceType },
            { expression: `Bundle.entry[${index}].resource` },
          ),
        ]
      : [],
  );
}

/** Organisation of a partner in the directory, as requester of what it sends; only a name where it has none. */
export function requesterOf({ directory, partners }: Network, partner: string): ProjectionContext['requester'] {
  const organization = directory.organizationOfPartner(partner);
  return organization
    ? { reference: organization.reference, display: organization.name }
    : { display: partners.get(partner)?.name ?? partner };
}

/** Ids, base and requester for the resources that a projection creates for the social domain. */
export function projectionContext(
  { network, world }: Pick<DecisionContext, 'network' | 'world'>,
  sender: string,
): ProjectionContext {
  return {
    newId: world.newId,
    base: network.settings.baseUrl,
    requester: requesterOf(network, sender),
    source: sourceOfPartner(sender),
  };
}

function withTask(graph: Bundle, { entry: disclosed = [] }: Bundle): Bundle {
  const task = disclosed.find(({ resource }) => isType(resource, 'Task'));
  const same = ({ resource }: BundleEntry) => isType(resource, 'Task') && resource.id === task?.resource?.id;
  return { ...graph, entry: (graph.entry ?? []).map((entry) => (task && same(entry) ? task : entry)) };
}
