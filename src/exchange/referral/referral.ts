import { mgnProfile } from '../../fhir/canonical.ts';
import { isError } from '../../fhir/issue.ts';
import { failure, success } from '../../fhir/result.ts';
import { assign, route } from '../../routing/index.ts';
import { coherence } from '../../workflow/index.ts';
import { referralDisclosures } from '../disclose/disclosures.ts';
import { messageKind } from '../pipeline/kind.ts';
import { effectsOnEarlierOrders } from './effects-on-earlier-orders.ts';
import { fillerOrderIssues } from './filler-order.ts';
import { type EarlierOrders, lookUpReplaced, replacingIssues } from './replaced.ts';
import { flagSecondReferral, lookUpOpenReferral, type OpenReferral, secondReferral } from './second-referral.ts';
import { urgentWarnings } from './urgent.ts';

/**
 * Referral (verwijzing): one order with one Task for one service. The owner receives the whole graph, the sender
 * follows the Task.
 */
export const referral = messageKind<EarlierOrders & { readonly open: OpenReferral }>({
  name: 'referral',
  isNamedBySender: true,
  senders: ['referrer', 'provider'],
  profiles: [mgnProfile('referral-bundle')],
  followsPlacer: true,
  lookUp: async (memory, incoming) => ({
    ...(await lookUpReplaced(memory, incoming)),
    open: await lookUpOpenReferral(memory, incoming.graph, incoming.partner.id),
  }),
  check: (incoming, earlier, context) => {
    const { graph, inputProfile } = incoming;
    const issues = [
      ...coherence(graph, inputProfile),
      ...fillerOrderIssues(incoming, context),
      ...replacingIssues(incoming, earlier, context),
    ];
    // A refusal stores nothing, so it does not disclose whether the person has another referral either.
    if (issues.some(isError)) return failure(...issues);
    const { exists, isReadable } = earlier.open;
    return success(exists ? flagSecondReferral(graph) : graph, [...(isReadable ? [secondReferral] : []), ...issues]);
  },
  route: (incoming, earlier, context) => {
    const { routes, network, world } = context;
    const { graph, inputProfile, partner, at } = incoming;
    const question = { graph, source: inputProfile, sender: partner.id, now: world.now() };
    const decision = route(routes, network.directory, question);
    if (decision.kind === 'refused') return failure(...decision.issues, ...decision.warnings);
    const warnings = [...decision.warnings, ...urgentWarnings(network, graph, decision)];
    const assigned = assign(graph, decision);
    const { notified, ...effects } = effectsOnEarlierOrders(incoming, earlier, context, decision.owner.partner);
    const parties = { sender: partner.id, owner: decision.owner.partner, isSentTogether: true };
    return success(
      {
        graph: assigned,
        decisions: [decision],
        ...effects,
        disclosures: () => {
          const disclosed = referralDisclosures(context, assigned, parties, at);
          return disclosed.ok ? success([...disclosed.value, ...notified], disclosed.issues) : disclosed;
        },
      },
      warnings,
    );
  },
});
