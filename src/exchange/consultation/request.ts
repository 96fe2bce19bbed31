import type { Bundle, Task } from '@medplum/fhirtypes';
import type { Network, Partner } from '../../directory/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { assign, route } from '../../routing/index.ts';
import { ownConcept } from '../../vocabulary/concept.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { coherence, isOpen } from '../../workflow/index.ts';
import { statusDisclosures } from '../disclose/status-disclosures.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { type Incoming, messageKind } from '../pipeline/kind.ts';
import { type ConsultationCase, focusOfConsultation, lookUpConsultation } from './case.ts';
import { completeFromCase } from './complete-from-case.ts';
import { guardOf } from './coordinated-case.ts';
import { wholeDisclosure } from './disclosures.ts';
import { consentsIn, memberOf, partiesOf, tasksIn } from './parties.ts';

/**
 * Requests a case consultation (casusoverleg) about an order or plan. Any party to the case may request one, whatever
 * its domain; for any other sender the case does not exist. Routed to the service that prepares consultations.
 */
export const consultation = messageKind<ConsultationCase | undefined>({
  name: 'consultation',
  senders: ['referrer', 'provider', 'social-domain'],
  profiles: [mgnProfile('consultation-request-bundle')],
  requires: focusOfConsultation,
  lookUp: lookUpConsultation,
  check: ({ graph, inputProfile, partner }, consultationCase, { network }) => {
    const place = { expression: 'Task.focus' };
    if (!consultationCase || !partiesOf(network, consultationCase).has(partner.id))
      return failure(issue('consultation-forbidden', {}, place));
    const completed = completeFromCase(consultationCase, graph);
    if (!completed.ok) return completed;
    const issues = [
      ...coherence(completed.value, inputProfile),
      ...caseIssues(consultationCase),
      ...requesterIssues(partner, tasksIn(completed.value)[0]),
    ];
    if (issues.some(isError)) return failure(...issues);
    return success(
      withTask(completed.value, (it) => assignToCase(it, consultationCase)),
      issues,
    );
  },
  route: (incoming, consultationCase, context) => {
    const { routes, network } = context;
    const { inputProfile, partner, at: now } = incoming;
    const question = {
      graph: routable(network, incoming, consultationCase),
      source: inputProfile,
      sender: partner.id,
      now,
    };
    const decision = route(routes, network.directory, question);
    if (decision.kind === 'refused') return failure(...decision.issues, ...decision.warnings);
    const graph = assign(incoming.graph, decision);
    const guards = consultationCase ? [guardOf(consultationCase.focus)] : [];
    const coordinator = decision.owner.partner;
    const disclosures = () => requestDisclosures(context, { ...incoming, graph }, consultationCase, coordinator);
    return success({ graph, decisions: [decision], guards, disclosures }, decision.warnings);
  },
});

/** Discloses the request with the case to the coordinator; the sender follows the Task. */
function requestDisclosures(
  context: DecisionContext,
  { graph, partner, at: now }: Incoming,
  consultationCase: ConsultationCase | undefined,
  coordinator: string | undefined,
): Result<readonly Disclosure[]> {
  const task = tasksIn(graph)[0];
  if (!consultationCase || !task) return success([]);
  const status = statusDisclosures(context, task, coordinator ?? '', now);
  if (!coordinator) return success(status, [issue('recipient-endpoint-missing', {}, { expression: 'Task.owner' })]);
  if (coordinator === partner.id) return success(status);
  const memberContext = { context, consultationCase, sentConsents: consentsIn(graph), now };
  const member = memberOf(memberContext, coordinator, task, true);
  if (!member.ok) return member;
  if (member.value.right !== 'whole') return failure(issue('consent-missing', {}, { expression: 'Task.extension' }));
  const resources = [task, consultationCase.focus, consultationCase.order, consultationCase.subject];
  return success([...status, wholeDisclosure(context, member.value, resources)]);
}

/**
 * Refers to the person and order as the requester received them: the coordinator must not learn more than the requester
 * did.
 */
const assignToCase = (task: Task, { root, subject }: ConsultationCase): Task => ({
  ...task,
  basedOn: [{ reference: `ServiceRequest/${root.id}` }],
  for: { reference: `Patient/${subject.id}` },
});

function caseIssues({ focus, tasks }: ConsultationCase): Issue[] {
  const place = { expression: 'Task.focus' };
  if (focus.status === 'revoked' || focus.status === 'entered-in-error')
    return [issue('order-not-active', { status: focus.status }, place)];
  const reference = `${focus.resourceType}/${focus.id}`;
  const open = tasks.some(
    (it) => isConsultation(it) && !it.partOf?.length && isOpen(it) && it.focus?.reference === reference,
  );
  return open ? [issue('consultation-already-open', {}, place)] : [];
}

/** Within care consent is implied; the social domain needs one of these legal bases (grondslagen) to disclose. */
const legalBasesOfSocialDomain: readonly string[] = ['explicit-consent', 'own-request', 'vital-interest', 'legal-duty'];

function requesterIssues({ domain }: Partner, task: Task | undefined): Issue[] {
  const basis = task && legalBasisOf(task);
  return domain === 'social' && basis && !legalBasesOfSocialDomain.includes(basis)
    ? [issue('legal-basis-invalid', { codes: legalBasesOfSocialDomain.join(', ') }, { expression: 'Task.extension' })]
    : [];
}

/** The graph that routes are evaluated on: an order of this use case by the requester, for the person of the case. */
function routable(
  network: Network,
  { graph, partner }: Incoming,
  consultationCase: ConsultationCase | undefined,
): Bundle {
  if (!consultationCase) return graph;
  const requester = {
    reference: partner.organization,
    display: network.directory.organization(partner.organization)?.name,
  };
  const order = {
    ...consultationCase.root,
    category: [ownConcept('use-case', 'case-consultation')],
    requester,
  };
  return {
    ...graph,
    entry: [...(graph.entry ?? []), { resource: order }, { resource: consultationCase.person }],
  } as Bundle;
}

const withTask = (graph: Bundle, change: (task: Task) => Task): Bundle => ({
  ...graph,
  entry: (graph.entry ?? []).map((entry) =>
    entry.resource?.resourceType === 'Task' ? { ...entry, resource: change(entry.resource) } : entry,
  ),
});
