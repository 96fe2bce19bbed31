import { mgnProfile } from '../../fhir/canonical.ts';
import { isError } from '../../fhir/issue.ts';
import { failure, success } from '../../fhir/result.ts';
import { assign, route } from '../../routing/index.ts';
import { coherence } from '../../workflow/index.ts';
import { shares } from '../disclose/disclosures.ts';
import type { Kind } from '../pipeline/kind.ts';
import { aside } from './effects-on-earlier-orders.ts';
import { onwardIssues } from './filler-order.ts';
import { replacingIssues } from './replaced.ts';
import { flagSecond } from './second-referral.ts';
import { urgentWarnings } from './urgent.ts';

/** One order, asked of one service by one Task: the owner gets it whole, who sent it follows the Task. */
export const referral: Kind = {
  profiles: [mgnProfile('referral-bundle')],
  compare: flagSecond,
  check: (incoming, deciding) => {
    const { graph, source } = incoming;
    const issues = [
      ...coherence(graph, source),
      ...onwardIssues(deciding, incoming),
      ...replacingIssues(deciding, incoming),
    ];
    return issues.some(isError) ? failure(...issues) : success(graph, issues);
  },
  route: (deciding, incoming) => {
    const { routes, network, world } = deciding;
    const { graph, source, partner } = incoming;
    const question = { graph, source, sender: partner.id, now: world.now() };
    const decision = route(routes, network.directory, question);
    if (decision.kind === 'refused') return failure(...decision.issues, ...decision.warnings);
    const warnings = [...decision.warnings, ...urgentWarnings(network, graph, decision)];
    return success({ graph: assign(graph, decision), decisions: [decision], ...aside(deciding, incoming) }, warnings);
  },
  share: (deciding, { graph, decisions, heard = [] }, { partner, at }) => {
    const given = shares(deciding, graph, { sender: partner.id, owner: decisions[0]?.owner.partner }, at);
    return given.ok ? success([...given.value, ...heard], given.issues) : given;
  },
};
