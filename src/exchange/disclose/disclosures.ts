import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { disclose, type ProjectionContext, type Purpose } from '../../disclosure/index.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { disclosureTo } from './disclosure-to.ts';

type Wanted = { readonly partner: string; readonly purpose: Purpose };

/**
 * What each party of a routed referral gets: the owner of the Task the referral, who sent it the state of its Task.
 * The owner must be allowed to have it, or the referral is refused; that the sender hears of it is a courtesy.
 */
export function referralDisclosures(
  { network, world }: Pick<DecisionContext, 'network' | 'world'>,
  routed: Bundle,
  parties: { readonly sender: string; readonly owner?: string | undefined },
  now: Date,
): Result<readonly Disclosure[]> {
  const { sender, owner } = parties;
  const wanted: Wanted[] = [
    ...(owner ? [{ partner: owner, purpose: 'referral' as const }] : []),
    ...(sender === owner ? [] : [{ partner: sender, purpose: 'status' as const }]),
  ];
  const warnings: Issue[] = owner ? [] : [issue('recipient-endpoint-missing', {}, { expression: 'Task.owner' })];
  const given: Disclosure[] = [];
  let graph = routed;
  for (const { partner, purpose } of wanted) {
    const recipient = recipientOf(network, partner);
    if (!recipient) throw new Error(`the directory names partner ${partner}, which the network does not have`);
    const disclosure = disclose({
      graph,
      recipient,
      sender,
      purpose,
      now,
      projection: projecting({ network, world }, sender),
    });
    if (disclosure.kind === 'refused') {
      if (purpose === 'referral') return failure(...disclosure.issues);
      continue;
    }
    const { bundle, receipt } = disclosure;
    const made = disclosureTo(network, { partner, purpose: receipt.purpose, bundle, receipt });
    if (purpose === 'referral' && made.channel === 'inbox')
      warnings.push(issue('recipient-endpoint-missing', {}, { expression: 'Task.owner' }));
    // the social domain's Task is the one that is followed from now on, by who sent it too
    if (receipt.purpose === 'social-request') graph = withTask(graph, bundle);
    given.push(made);
  }
  return success(given, warnings);
}

/** The social domain learns which organisation asks, as the directory knows it. */
export function projecting(
  { network, world }: Pick<DecisionContext, 'network' | 'world'>,
  sender: string,
): ProjectionContext {
  const organization = network.directory.organizationOfPartner(sender);
  return {
    newId: world.newId,
    base: network.settings.baseUrl,
    requester: organization
      ? { reference: organization.reference, display: organization.name }
      : { display: network.partners.get(sender)?.name ?? sender },
    source: sourceOfPartner(sender),
  };
}

function withTask(graph: Bundle, { entry: made = [] }: Bundle): Bundle {
  const task = made.find(({ resource }) => isType(resource, 'Task'));
  const same = ({ resource }: BundleEntry) => isType(resource, 'Task') && resource.id === task?.resource?.id;
  return { ...graph, entry: (graph.entry ?? []).map((entry) => (task && same(entry) ? task : entry)) };
}
