import type { Bundle, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { candidateTask, disclose } from '../../disclosure/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, success } from '../../fhir/result.ts';
import { assign, route } from '../../routing/index.ts';
import { coherence } from '../../workflow/index.ts';
import { projecting } from '../disclose/disclosures.ts';
import type { Share } from '../pipeline/disclosure.ts';
import type { Assigned, Kind } from '../pipeline/kind.ts';
import { aside } from '../referral/effects-on-earlier-orders.ts';
import { onwardIssues } from '../referral/filler-order.ts';
import { replacingIssues } from '../referral/replaced.ts';

/**
 * One order, and a Task for each candidate that is asked whether it could carry it out (Twiin: Multiple Fulfillers).
 * Of the social domain it is asked only what the person's Consent lets be given afterwards. Each gets its own Task and nothing else, stored and sent without anything that tells for whom; the sender follows all.
 */
export const solicitation: Kind = {
  profiles: [mgnProfile('solicitation-bundle')],
  check: (incoming, deciding) => {
    const { graph, source } = incoming;
    const issues = [
      ...unique(tasksOf(graph).flatMap((task) => coherence(withOnly(graph, task), source))),
      ...onwardIssues(deciding, incoming),
      ...replacingIssues(deciding, incoming),
    ];
    return issues.some(isError) ? failure(...issues) : success(graph, issues);
  },
  route: (deciding, incoming) => {
    const { graph, source, partner, at } = incoming;
    const { routes, network } = deciding;
    const requester = projecting(deciding, partner.id).requester as NonNullable<Task['requester']>;
    const decisions: Assigned[] = [];
    const issues: Issue[] = [];
    const tasks = new Map<Task, Task>();
    for (const task of tasksOf(graph)) {
      const single = withOnly(graph, task);
      const decision = route(routes, network.directory, { graph: single, source, sender: partner.id, now: at });
      if (decision.kind === 'refused') issues.push(...decision.issues);
      else if (decision.kind === 'human') issues.push(issue('candidate-unfit', {}, { expression: 'Task.owner' }));
      else if (decisions.some(({ owner }) => owner.reference === decision.owner.reference))
        issues.push(issue('candidate-twice', {}, { expression: 'Task.owner' }));
      else {
        decisions.push(decision);
        const [assigned] = tasksOf(assign(single, decision));
        const { municipality } = decision.facts;
        const view = {
          municipality: typeof municipality === 'string' ? municipality : null,
          requester,
          now: at,
          social: network.partners.get(decision.owner.partner ?? '')?.domain === 'social',
        };
        if (assigned) tasks.set(task, candidateTask(single, assigned, view));
      }
    }
    if (issues.length) return failure(...issues);
    const made = { graph: replaced(graph, tasks), decisions, ...aside(deciding, incoming) };
    return success(made, unique(decisions.flatMap(({ warnings }) => warnings)));
  },
  share: (deciding, { graph, decisions, heard = [] }, { partner, at }) => {
    const { network } = deciding;
    const given: Share[] = [...heard];
    const warnings: Issue[] = [];
    for (const [index, task] of tasksOf(graph).entries()) {
      const owner = decisions[index]?.owner.partner;
      if (!owner) warnings.push(issue('recipient-without-endpoint', {}, { expression: 'Task.owner' }));
      for (const id of new Set([owner, partner.id])) {
        const recipient = id ? recipientOf(network, id) : undefined;
        if (!id || !recipient) continue;
        const purpose = id === owner ? 'solicitation' : 'status';
        const disclosure = disclose({
          graph: withOnly(graph, task),
          recipient,
          sender: partner.id,
          purpose,
          now: at,
          projecting: projecting(deciding, partner.id),
        });
        if (disclosure.kind === 'refused') {
          if (id === owner) return failure(...disclosure.issues);
          continue;
        }
        const { bundle, receipt } = disclosure;
        given.push({ partner: id, purpose, bundle, receipt, channel: network.partners.get(id)?.channel ?? 'inbox' });
      }
    }
    return success(given, warnings);
  },
};

const tasksOf = ({ entry = [] }: Bundle): readonly Task[] =>
  entry.flatMap(({ resource }) => (isType(resource, 'Task') ? [resource as Task] : []));

/** The graph as if this Task were the only one. */
const withOnly = (graph: Bundle, task: Task): Bundle => ({
  ...graph,
  entry: (graph.entry ?? []).filter(({ resource }) => !isType(resource, 'Task') || resource === task),
});

const replaced = (graph: Bundle, tasks: ReadonlyMap<Task, Task>): Bundle => ({
  ...graph,
  entry: (graph.entry ?? []).map((entry) => {
    const task = isType(entry.resource, 'Task') ? tasks.get(entry.resource as Task) : undefined;
    return task ? { ...entry, resource: task } : entry;
  }),
});

/** What is wrong with the order is said once, not for each candidate. */
const unique = (issues: readonly Issue[]): Issue[] => [
  ...new Map(issues.map((it) => [`${it.rule} ${it.expression}`, it])).values(),
];
