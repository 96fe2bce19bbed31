import type { Bundle, Reference, ServiceRequest } from '@medplum/fhirtypes';
import { mayPartner } from '../../access/decide/index.ts';
import type { Network, Partner } from '../../directory/index.ts';
import { mayState } from '../../disclosure/index.ts';
import { graphOf } from '../../fhir/graph.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { type DirectoryOrganization, organizationBehind } from '../../routing/index.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { senderOf } from '../memory/actors.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { Incoming, MessageKind } from '../pipeline/kind.ts';

/**
 * Whether this partner may send this message: by its role, in the name of this requester, and on this legal basis.
 * Issues: `role-forbidden`, `requester-not-represented`, `legal-basis-outside-care`.
 */
export function checkSender(
  context: Pick<DecisionContext, 'network' | 'grounds'>,
  sent: Sent,
  { senders }: Pick<MessageKind, 'senders'>,
): Result<undefined> {
  const { partner, graph } = sent;
  if (!mayPartner(context.network, partner, 'send', ['message', 'unread'], { senders }).decision)
    return failure(issue('role-forbidden', { roles: senders.join(', ') }));
  const issues = [...requesterIssues(context.network, sent), ...legalBasisIssues(context, partner, graph)];
  return issues.length ? failure(...issues) : success(undefined);
}

/** Requesters of Tasks and orders, with the path of each. */
function requestersIn(bundle: Bundle): readonly { readonly requester: Reference; readonly expression: string }[] {
  const graph = graphOf(bundle);
  return [...graph.all('Task'), ...graph.all('ServiceRequest')].flatMap(({ resourceType, requester }) =>
    requester ? [{ requester, expression: `${resourceType}.requester` }] : [],
  );
}

/**
 * The organisation in whose name a request is sent is notified of nothing: its own system did not send it. An order
 * that fills or replaces another one retains its requester; the checks of both decide whether the sender may send it.
 */
function requesterIssues(network: Network, { partner, graph: bundle, loaded, pulled }: Sent): Issue[] {
  const { directory } = network;
  const graph = graphOf(bundle);
  const order = graph.first('ServiceRequest');
  const continues = !pulled && (order?.intent === 'filler-order' || (order?.replaces?.length ?? 0) > 0);
  const earlier = [...loaded.resources.values()].flatMap((it) =>
    isType(it, 'ServiceRequest') ? [it as ServiceRequest] : [],
  );
  const isRetained = (organization: DirectoryOrganization): boolean =>
    continues &&
    earlier.some((it) => {
      const sender = network.partners.get(senderOf(network, it) ?? '');
      // the requester of a filler order is that of an order further back
      return it.intent === 'filler-order' || (sender !== undefined && represents(sender, organization));
    });
  if (continues && earlier.length === 0) return [];
  return requestersIn(bundle).flatMap(({ requester, expression }) => {
    const organization = organizationBehind(graph, directory, requester);
    return !organization || represents(partner, organization) || isRetained(organization)
      ? []
      : [issue('requester-not-represented', { organization: organization.name }, { expression })];
  });
}

type Sent = Pick<Incoming, 'partner' | 'graph' | 'loaded' | 'pulled'>;

const represents = ({ id, organization, actsFor = [] }: Partner, it: DirectoryOrganization): boolean =>
  it.partner === id ||
  it.reference === organization ||
  (it.representedBy ?? []).includes(organization) ||
  actsFor.includes(it.reference);

/**
 * A legal basis that a party of this domain may not state: among care providers consent is presumed (WGBO, article 7:457),
 * and a party outside care has no such ground.
 */
export function legalBasisIssues(
  { network: { directory }, grounds }: Pick<DecisionContext, 'network' | 'grounds'>,
  { domain }: Partner,
  bundle: Bundle,
): Issue[] {
  const graph = graphOf(bundle);
  const stated = new Set(graph.all('Task').flatMap((it) => legalBasisOf(it) ?? []));
  const parties = [
    domain,
    ...requestersIn(bundle).flatMap(({ requester }) => organizationBehind(graph, directory, requester)?.domain ?? []),
  ];
  const forbidden = [...stated].find((code) => parties.some((it) => !mayState(grounds, code, it)));
  return forbidden === undefined
    ? []
    : [issue('legal-basis-outside-care', { code: forbidden }, { expression: 'Task.extension' })];
}
