import { mgnProfile } from '../../fhir/canonical.ts';
import { isError } from '../../fhir/issue.ts';
import { failure, success } from '../../fhir/result.ts';
import { assign, type Decision, route } from '../../routing/index.ts';
import { coherence } from '../../workflow/index.ts';
import { referralDisclosures } from '../disclose/disclosures.ts';
import { messageKind } from '../pipeline/kind.ts';
import { effectsOnEarlierOrders } from './effects-on-earlier-orders.ts';
import { fillerOrderIssues } from './filler-order.ts';
import { type KnownPerson, lookUpPerson } from './known-person.ts';
import { type EarlierOrders, lookUpReplaced, replacingIssues } from './replaced.ts';
import { urgentWarnings } from './urgent.ts';

/**
 * Referral (verwijzing): one order with one Task for one service. The owner receives the whole graph, the sender
 * follows the Task.
 */
export const referral = messageKind<EarlierOrders & { readonly decision: Decision; readonly person: KnownPerson }>({
  name: 'referral',
  isNamedBySender: true,
  senders: ['referrer', 'provider'],
  profiles: [mgnProfile('referral-bundle')],
  followsPlacer: true,
  lookUp: async (memory, incoming, { routes, network, world }) => {
    const { graph, inputProfile, partner } = incoming;
    // decided here, since what is looked up for the owner depends on who it is
    const question = { graph, source: inputProfile, sender: partner.id, now: world.now() };
    const decision = route(routes, network.directory, question);
    const owner = decision.kind === 'refused' ? undefined : decision.owner.partner;
    return {
      ...(await lookUpReplaced(memory, incoming)),
      decision,
      person: await lookUpPerson(memory, graph, { sender: partner.id, owner }),
    };
  },
  check: (incoming, earlier, context) => {
    const { graph, inputProfile } = incoming;
    const issues = [
      ...coherence(graph, inputProfile),
      ...fillerOrderIssues(incoming, context),
      ...replacingIssues(incoming, earlier, context),
    ];
    // A refusal stores nothing, so it does not disclose whether the person has another referral either.
    if (issues.some(isError)) return failure(...issues);
    const { flag, warnings } = earlier.person;
    return success(flag(graph), [...warnings, ...issues]);
  },
  route: (incoming, earlier, context) => {
    const { network } = context;
    const { graph, partner, at } = incoming;
    const { decision } = earlier;
    if (decision.kind === 'refused') return failure(...decision.issues, ...decision.warnings);
    const warnings = [...decision.warnings, ...urgentWarnings(network, graph, decision)];
    const assigned = assign(graph, decision);
    const { notified, ...effects } = effectsOnEarlierOrders(incoming, earlier, context, decision.owner.partner);
    const { objections } = earlier;
    const parties = { sender: partner.id, owner: decision.owner.partner, isSentTogether: true, objections };
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
