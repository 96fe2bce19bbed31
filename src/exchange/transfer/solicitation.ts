import type { Bundle, Task } from '@medplum/fhirtypes';
import { projectionsOf, recipientOf } from '../../directory/index.ts';
import { candidateTask, disclose } from '../../disclosure/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { assign, route } from '../../routing/index.ts';
import { coherence } from '../../workflow/index.ts';
import { disclosureTo } from '../disclose/disclosure-to.ts';
import { projectionContext, withObjections } from '../disclose/disclosures.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { type Assigned, type Incoming, type Kind, messageKind } from '../pipeline/kind.ts';
import { effectsOnEarlierOrders } from '../referral/effects-on-earlier-orders.ts';
import { fillerOrderIssues } from '../referral/filler-order.ts';
import { type EarlierOrders, lookUpReplaced, replacingIssues } from '../referral/replaced.ts';

/**
 * One order with a Task for each candidate, which requests whether the candidate could carry it out (Twiin: multiple
 * fulfillers). A candidate receives only its own Task, without data about the person; the sender follows all Tasks. A
 * candidate in the social domain is accepted only if the person's Consent would permit the request after selection.
 */
export const solicitation = messageKind<EarlierOrders>({
  name: 'solicitation',
  isNamedBySender: true,
  profiles: [mgnProfile('solicitation-bundle')],
  ...asked({ withoutHome: false }),
});

/**
 * One candidate of an order that stays at its placer, which does not yet disclose the person (Twiin: multiple
 * fulfillers). The placer chose the candidate, which answers about its own catchment. Selection: notification/inbound.
 */
export const invitation = messageKind<EarlierOrders>({
  name: 'invitation',
  profiles: [],
  followsPlacer: true,
  ...asked({ withoutHome: true }),
});

function asked(options: CandidateOptions): Omit<Kind<EarlierOrders>, 'name' | 'profiles'> {
  return {
    senders: ['referrer', 'provider'],
    lookUp: lookUpReplaced,
    check: (incoming, earlier, context) => {
      const { graph, inputProfile } = incoming;
      const issues = [
        ...unique(tasksOf(graph).flatMap((task) => coherence(withOnly(graph, task), inputProfile))),
        ...fillerOrderIssues(incoming, context),
        ...replacingIssues(incoming, earlier, context),
      ];
      return issues.some(isError) ? failure(...issues) : success(graph, issues);
    },
    route: (incoming, earlier, context) => {
      const assigned = assignCandidates(incoming, context, options);
      if (!assigned.ok) return assigned;
      const { graph, decisions } = assigned.value;
      const { notified, ...effects } = effectsOnEarlierOrders(incoming, earlier, context);
      return success(
        {
          graph,
          decisions,
          ...effects,
          disclosures: () => {
            const disclosed = candidateDisclosures(
              incoming,
              { ...assigned.value, objections: earlier.objections },
              context,
            );
            return disclosed.ok ? success([...notified, ...disclosed.value], disclosed.issues) : disclosed;
          },
        },
        unique(decisions.flatMap(({ warnings }) => warnings)),
      );
    },
  };
}

/** `withoutHome`: where the person lives is not known yet, and excludes no candidate. */
type CandidateOptions = { readonly withoutHome: boolean };

type AssignedCandidates = { readonly graph: Bundle; readonly decisions: readonly Assigned[] };

/** Routes each Task to its candidate and reduces it to the elements that a candidate may read. */
function assignCandidates(
  { graph, inputProfile: source, partner, at }: Incoming,
  context: DecisionContext,
  { withoutHome }: CandidateOptions,
): Result<AssignedCandidates> {
  const { routes, network } = context;
  const requester = projectionContext(context, partner.id).requester as NonNullable<Task['requester']>;
  const decisions: Assigned[] = [];
  const issues: Issue[] = [];
  const tasks = new Map<Task, Task>();
  for (const task of tasksOf(graph)) {
    const single = withOnly(graph, task);
    const decision = route(routes, network.directory, {
      graph: single,
      source,
      sender: partner.id,
      now: at,
      withoutHome,
    });
    if (decision.kind === 'refused') issues.push(...decision.issues);
    else if (decision.kind === 'human') issues.push(issue('candidate-not-eligible', {}, { expression: 'Task.owner' }));
    else if (decisions.some(({ owner }) => owner.reference === decision.owner.reference))
      issues.push(issue('candidate-duplicate', {}, { expression: 'Task.owner' }));
    else {
      decisions.push(decision);
      const [assigned] = tasksOf(assign(single, decision));
      const { municipality } = decision.facts;
      const candidate = network.partners.get(decision.owner.partner ?? '');
      const view = {
        municipality: typeof municipality === 'string' ? municipality : null,
        requester,
        now: at,
        projections: candidate ? projectionsOf(network, candidate) : network.projections.ggz,
        social: candidate?.domain === 'social',
      };
      if (assigned) tasks.set(task, candidateTask(single, assigned, view));
    }
  }
  return issues.length ? failure(...issues) : success({ graph: replaced(graph, tasks), decisions });
}

/** A refused disclosure to a candidate refuses the message. A refused status disclosure to the sender is omitted. */
function candidateDisclosures(
  { partner, at }: Incoming,
  { graph, decisions, objections }: AssignedCandidates & Pick<EarlierOrders, 'objections'>,
  context: DecisionContext,
): Result<readonly Disclosure[]> {
  const { network, grounds } = context;
  const disclosures: Disclosure[] = [];
  const warnings: Issue[] = [];
  for (const [index, task] of tasksOf(graph).entries()) {
    const owner = decisions[index]?.owner.partner;
    if (!owner) warnings.push(issue('recipient-endpoint-missing', {}, { expression: 'Task.owner' }));
    for (const id of new Set([owner, partner.id])) {
      const recipient = id ? recipientOf(network, id) : undefined;
      if (!id || !recipient) continue;
      const purpose = id === owner ? 'solicitation' : 'status';
      const decided = disclose({
        graph: withObjections(withOnly(graph, task), objections),
        recipient,
        sender: partner.id,
        purpose,
        now: at,
        grounds,
        projection: projectionContext(context, partner.id),
      });
      if (decided.kind === 'refused') {
        if (id === owner) return failure(...decided.issues);
        continue;
      }
      const { bundle, receipt, evidence } = decided;
      disclosures.push(disclosureTo(network, { partner: id, purpose, bundle, receipt, evidence }));
    }
  }
  return success(disclosures, warnings);
}

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

/** Reports an issue of the shared order once instead of once per candidate. */
const unique = (issues: readonly Issue[]): Issue[] => [
  ...new Map(issues.map((it) => [`${it.rule} ${it.expression}`, it])).values(),
];
