import type { Bundle, Task } from '@medplum/fhirtypes';
import type { Network, Partner } from '../../directory/index.ts';
import { legalBasisOf } from '../../disclosure/index.ts';
import { mgnCodeSystem, mgnProfile } from '../../fhir/canonical.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { failure, success } from '../../fhir/result.ts';
import { assign, route } from '../../routing/index.ts';
import { coherence, isConsultation, isOpen } from '../../workflow/index.ts';
import { statusShares } from '../disclose/status-disclosures.ts';
import type { Incoming, Kind } from '../pipeline/kind.ts';
import type { ConsultationCase } from './case.ts';
import { guardOf } from './coordinated.ts';
import { consentsIn, memberOf, partiesOf, tasksIn } from './parties.ts';
import { settledIn } from './settle.ts';
import { wholeShare } from './shares.ts';

/**
 * Asks for a case consultation about an order or plan (casusoverleg). Any party of the case may, whatever its domain;
 * whoever is none is not told whether there is such a case. The service that prepares consultations gets the question.
 */
export const consultation: Kind = {
  profiles: [mgnProfile('consultation-request-bundle')],
  check: ({ graph, known, source, partner }, { network }) => {
    const about = known.consultation;
    const place = { expression: 'Task.focus' };
    if (!about || !partiesOf(network, about).has(partner.id))
      return failure(issue('consultation-not-yours', {}, place));
    const settled = settledIn(about, graph);
    if (!settled.ok) return settled;
    const issues = [
      ...coherence(settled.value, source),
      ...ofCase(about),
      ...ofAsker(partner, tasksIn(settled.value)[0]),
    ];
    if (issues.some(isError)) return failure(...issues);
    return success(
      withTask(settled.value, (it) => placed(it, about)),
      issues,
    );
  },
  route: (deciding, incoming) => {
    const { routes, network } = deciding;
    const { graph, source, partner, at: now } = incoming;
    const question = { graph: routable(network, incoming), source, sender: partner.id, now };
    const decision = route(routes, network.directory, question);
    if (decision.kind === 'refused') return failure(...decision.issues, ...decision.warnings);
    const { consultation: about } = incoming.known;
    const guards = about ? [guardOf(about.focus)] : [];
    return success({ graph: assign(graph, decision), decisions: [decision], guards }, decision.warnings);
  },
  share: (deciding, { graph, decisions }, incoming) => {
    const about = incoming.known.consultation;
    const task = tasksIn(graph)[0];
    const coordinator = decisions[0]?.owner.partner;
    if (!about || !task) return success([]);
    const told = statusShares(deciding, task, coordinator ?? '', incoming.at);
    if (!coordinator) return success(told, [issue('recipient-without-endpoint', {}, { expression: 'Task.owner' })]);
    if (coordinator === incoming.partner.id) return success(told);
    const knowing = { network: deciding.network, about, brought: consentsIn(graph), now: incoming.at };
    const member = memberOf(knowing, coordinator, task, true);
    if (!member.ok) return member;
    if (member.value.right !== 'whole') return failure(issue('consent-missing', {}, { expression: 'Task.extension' }));
    const given = [task, about.focus, about.order, about.subject];
    return success([...told, wholeShare(deciding, member.value, given)]);
  },
};

/** It is about the person and the order as the asker knows them; the coordinator learns no more than the asker could tell. */
const placed = (task: Task, { root, subject }: ConsultationCase): Task => ({
  ...task,
  basedOn: [{ reference: `ServiceRequest/${root.id}` }],
  for: { reference: `Patient/${subject.id}` },
});

function ofCase({ focus, tasks }: ConsultationCase): Issue[] {
  const place = { expression: 'Task.focus' };
  if (focus.status === 'revoked' || focus.status === 'entered-in-error')
    return [issue('order-not-active', { status: focus.status }, place)];
  const reference = `${focus.resourceType}/${focus.id}`;
  const open = tasks.some(
    (it) => isConsultation(it) && !it.partOf?.length && isOpen(it) && it.focus?.reference === reference,
  );
  return open ? [issue('consultation-open-already', {}, place)] : [];
}

/** Consent within care is presumed; the social domain tells of a person because the person said so. */
const basesOfSocialDomain: readonly string[] = ['explicit-consent', 'own-request', 'vital-interest', 'legal-duty'];

function ofAsker({ domain }: Partner, task: Task | undefined): Issue[] {
  const basis = task && legalBasisOf(task);
  return domain === 'social' && basis && !basesOfSocialDomain.includes(basis)
    ? [issue('legal-basis-unfit', { codes: basesOfSocialDomain.join(', ') }, { expression: 'Task.extension' })]
    : [];
}

/** The request as routes look at it: of this use case, by who asks, for the person of the case. */
function routable(network: Network, { graph, known, partner }: Incoming): Bundle {
  const about = known.consultation;
  if (!about) return graph;
  const requester = {
    reference: partner.organization,
    display: network.directory.organization(partner.organization)?.name,
  };
  const order = {
    ...about.root,
    category: [{ coding: [{ system: mgnCodeSystem('use-case'), code: 'case-consultation' }] }],
    requester,
  };
  return { ...graph, entry: [...(graph.entry ?? []), { resource: order }, { resource: about.person }] } as Bundle;
}

const withTask = (graph: Bundle, change: (task: Task) => Task): Bundle => ({
  ...graph,
  entry: (graph.entry ?? []).map((entry) =>
    entry.resource?.resourceType === 'Task' ? { ...entry, resource: change(entry.resource) } : entry,
  ),
});
