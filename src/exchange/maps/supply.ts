import type { Bundle, Reference, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Network, Partner } from '../../directory/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { type Graph, graphOf } from '../../fhir/graph.ts';
import { identifierSystems, normaliseSystem } from '../../fhir/identifier.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { type NamedOwner, namedOwnerOf, organizationBehind } from '../../routing/index.ts';
import { ownConcept } from '../../vocabulary/concept.ts';
import { legalBasis, legalBasisConceptOf } from '../../vocabulary/legal-basis.ts';
import { useCaseOfOrder, useCaseOfTask } from '../../vocabulary/use-case.ts';
import type { Supplies } from './forms.ts';
import type { TaskCodes } from './task-codes.ts';

/** What completes a message: the form's use cases, the partner's settings, the directory, and codes of other drafts. */
export type SupplyContext = {
  readonly supplies: Supplies;
  readonly partner: Partner;
  readonly network: Network;
  readonly taskCodes: TaskCodes;
};

/**
 * A graph of a format that has neither use case nor legal basis (HL7 Clinical Order Workflows, Twiin TA Workflow, the
 * Dutch generic functions), with those that the network has agreed with its sender. What the message itself states is
 * left as it is. Issue: `legal-basis-not-agreed`.
 */
export function supplied(bundle: Bundle, context: SupplyContext): Result<Bundle> {
  const graph = graphOf(bundle);
  const tasks = graph.all('Task');
  const order = graph.first('ServiceRequest');
  const stated = [...tasks.map(useCaseOfTask), order && useCaseOfOrder(order)].find((it) => it !== undefined);
  const useCase = stated ?? agreedUseCase(graph, context);
  const issues: Issue[] = [];
  const entry = (bundle.entry ?? []).map((it) => {
    if (isType(it.resource, 'Task')) {
      const task = withLegalBasis(graph, withUseCase(context.taskCodes(it.resource), useCase), context);
      if (!task.ok) issues.push(...task.issues);
      return task.ok ? { ...it, resource: task.value } : it;
    }
    return isType(it.resource, 'ServiceRequest')
      ? { ...it, resource: ordered(graph, it.resource, useCase, context) }
      : it;
  });
  return issues.length ? failure(...issues) : success({ ...bundle, entry } as Bundle);
}

/** The use case that fits the owners of all Tasks; otherwise that of the last entry, which has no condition. */
function agreedUseCase(graph: Graph, { supplies: { useCases }, network }: SupplyContext): string {
  const found = new Set(
    graph
      .all('Task')
      .map((task) => useCases.find((it) => fits(it, namedOwnerOf(graph, task, network.directory)))?.useCase),
  );
  const [only] = found;
  return (found.size === 1 ? only : undefined) ?? useCases.at(-1)?.useCase ?? '';
}

function fits({ owner, ownerTypes, ownerDomains }: Supplies['useCases'][number], named: NamedOwner): boolean {
  const services = 'services' in named ? named.services : [];
  const kind = named.kind === 'none' || named.kind === 'network' ? 'none' : services.length ? 'known' : 'unknown';
  const types = (ownerTypes ?? []).map((it) => `${mgnCodeSystem('service-type')}|${it}`);
  return (
    (owner?.includes(kind) ?? true) &&
    (!ownerTypes || services.some((it) => it.types.some((type) => types.includes(type)))) &&
    (!ownerDomains || services.some((it) => ownerDomains.includes(it.domain)))
  );
}

const useCaseCoding = (code: string) => ({ system: mgnCodeSystem('use-case'), code });

const withUseCase = (task: Task, useCase: string): Task =>
  useCaseOfTask(task)
    ? task
    : { ...task, code: { ...task.code, coding: [...(task.code?.coding ?? []), useCaseCoding(useCase)] } };

function withLegalBasis(graph: Graph, task: Task, { partner, network }: SupplyContext): Result<Task> {
  if (legalBasisConceptOf(task)) return success(task);
  const owner = namedOwnerOf(graph, task, network.directory);
  const isSocial = 'services' in owner && owner.services.some(({ domain }) => domain === 'social');
  const side = isSocial ? 'social-domain' : 'care';
  const code = partner.coordinationTask?.legalBasis[side];
  return code
    ? success({ ...task, extension: [...(task.extension ?? []), legalBasis(code)] })
    : failure(issue('legal-basis-not-agreed', { side }, { expression: 'Task.extension' }));
}

function ordered(
  graph: Graph,
  order: ServiceRequest,
  useCase: string,
  { network, partner }: SupplyContext,
): ServiceRequest {
  const asked = order.requester ?? graph.first('Task')?.requester;
  const requester =
    isProfessional(asked) && !organizationBehind(graph, network.directory, asked) ? ofSender(partner) : asked;
  return {
    ...order,
    ...(requester ? { requester: requester as NonNullable<ServiceRequest['requester']> } : {}),
    category: useCaseOfOrder(order) ? order.category! : [...(order.category ?? []), ownConcept('use-case', useCase)],
  };
}

/** A professional named by card number alone: the organisation is that of the sender. Task.requester stays as sent. */
const isProfessional = (reference: Reference | undefined): boolean =>
  /^Practitioner(Role)?$/.test(reference?.type ?? '') ||
  normaliseSystem(reference?.identifier?.system ?? '') === identifierSystems.uzi;

const ofSender = ({ organization }: Partner): Reference => ({ reference: organization });
