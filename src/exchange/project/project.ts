import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mayPartner } from '../../access/decide/index.ts';
import type { Partner } from '../../directory/index.ts';
import {
  type DecidedPaths,
  type DecidingGrounds,
  decidedPaths,
  type Evidence,
  valuesOf,
  withoutOwnerMarks,
} from '../../disclosure/index.ts';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import type { Issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import { ownerOf } from '../memory/actors.ts';
import type { Reading } from '../memory/as-seen.ts';
import { wholeOrder } from '../memory/journey.ts';
import { find, readAt } from '../memory/memory.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { type ProjectPhase, supposeDisclosure } from './suppose.ts';

export type ProjectRequest = { readonly recipient: string; readonly phase: ProjectPhase };

/** What one recipient would get of one Task. */
export type ProjectedDisclosure = {
  /** It is what the message will send; otherwise it is as if this recipient were asked or chosen. */
  readonly isPlanned: boolean;
  readonly purpose: string;
  readonly legalBasis?: string | undefined;
  readonly grounds?: DecidingGrounds;
  /** Why nothing may go out. */
  readonly refused?: readonly Issue[];
  /** What is decided on each resource that its sender may read. */
  readonly resources: readonly ProjectedResource[];
};

export type ProjectedResource = {
  readonly type: string;
  /** `Type/id`, or the place in the graph of a message that is not stored: `Bundle.entry[2].resource`. */
  readonly at: string;
  /** Why all of it is withheld, where no lines were applied to it. */
  readonly reason?: string;
  readonly decided: readonly DecidedPaths[];
};

type Projecting = Pick<DecisionContext, 'network' | 'world' | 'grounds'>;

type Question = ProjectRequest & { readonly partner: Partner; readonly now: Date };

/** What a recipient would get of a message that is not sent yet. `planned`: its disclosures, as the message would be sent. */
export function projectMessage(
  context: Projecting,
  message: { readonly graph: Bundle; readonly planned: readonly Disclosure[]; readonly isSentTogether: boolean },
  question: Question,
): readonly ProjectedDisclosure[] | undefined {
  const { planned, isSentTogether } = message;
  const graph = withoutMarks(message.graph);
  const resources = resourcesOf(graph);
  const places = new Map(resources.map((it, index) => [nameOf(it), `Bundle.entry[${index}].resource`]));
  const at = (it: Resource): string => places.get(nameOf(it)) ?? it.resourceType;
  const own = planned.filter(
    ({ partner, purpose }) => partner === question.recipient && phaseOf(purpose) === question.phase,
  );
  if (own.length > 0) return own.map((it) => plannedDisclosure({ resources, at }, it));
  return supposed(context, { graph, at, isSentTogether }, question);
}

/**
 * The same of a stored order that this partner sent, named itself or by a Task on it, from what it may read of it. Undefined where it
 * sent no such order: the same answer as for one that does not exist.
 */
export async function projectOrder(
  context: Projecting,
  memory: Reading,
  { about, ...question }: Question & { readonly about: string },
): Promise<readonly ProjectedDisclosure[] | 'no such recipient' | undefined> {
  const { network } = context;
  const { partner } = question;
  const named = await readAt(memory, about, partner.id);
  const focus = isType(named, 'Task') ? ((named as Task).focus?.reference ?? '') : about;
  const order = await readAt(memory, focus, partner.id);
  if (!named || !isType(order, 'ServiceRequest')) return undefined;
  const relation = isSentBy(named, partner.id) && isSentBy(order, partner.id) ? 'sender' : 'disclosed';
  if (!mayPartner(network, partner, 'project', ['record', relation]).decision) return undefined;
  const own = readableBy(memory, partner.id);
  const { baseUrl: base } = network.settings;
  const tasks = (await find<Task>(memory, 'Task', 'focus', [focus], { reader: partner.id })).filter((it) =>
    isSentBy(it, partner.id),
  );
  const whole = await wholeOrder(own, order as ServiceRequest & Identified, base);
  const graph = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [...tasks, ...whole].map((resource) => ({
      fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  } as Bundle;
  return (
    supposed(context, { graph: withoutMarks(graph), at: nameOf, isSentTogether: true }, question) ?? 'no such recipient'
  );
}

const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;

/** What only the owner of a Task may know of other referrals is not for its sender, who may suppose to be that owner. */
const withoutMarks = (graph: Bundle): Bundle => ({
  ...graph,
  entry: (graph.entry ?? []).map((entry) =>
    isType(entry.resource, 'Task') ? { ...entry, resource: withoutOwnerMarks(entry.resource as Task) } : entry,
  ),
});

/** The store with the rights of one reader: what it may not read is not there. */
const readableBy = (memory: Reading, reader: string): Reading => ({
  read: (type, id) => memory.read(type, id, reader),
  vread: (type, id, version) => memory.vread(type, id, version, reader),
  history: (type, id) => memory.history(type, id, reader),
  search: (type, query) => memory.search(type, query, reader),
});

const candidatePurposes: readonly string[] = ['solicitation', 'invitation'];

const phaseOf = (purpose: string): ProjectPhase => (candidatePurposes.includes(purpose) ? 'candidate' : 'selected');

type Source = {
  readonly graph: Bundle;
  readonly at: (resource: Resource) => string;
  readonly isSentTogether: boolean;
};

/** For each Task of the graph, as if the recipient were its owner. One of its own, where it has one, is the only one. */
function supposed(
  context: Projecting,
  { graph, at, isSentTogether }: Source,
  { recipient, phase, partner, now }: Question,
): readonly ProjectedDisclosure[] | undefined {
  const resources = resourcesOf(graph);
  const all = resources.filter((it): it is Task & Identified => isType(it, 'Task'));
  const own = all.filter((it) => ownerOf(context.network, it) === recipient);
  const tasks = own.length > 0 ? own : all.slice(0, 1);
  const found: ProjectedDisclosure[] = [];
  for (const task of tasks) {
    const about = { graph, task, sender: partner.id, recipient, phase, isSentTogether, now };
    const answer = supposeDisclosure(context, about);
    if (!answer) return undefined;
    const { decision, supposed: as } = answer;
    const { receipt } = decision;
    const shown = resources.flatMap((it) => (it === task ? as : isType(it, 'Task') ? [] : it));
    found.push(
      decision.kind === 'refused'
        ? {
            isPlanned: false,
            purpose: receipt.purpose,
            legalBasis: receipt.legalBasis,
            refused: decision.issues,
            resources: [],
          }
        : {
            isPlanned: false,
            purpose: receipt.purpose,
            legalBasis: receipt.legalBasis,
            grounds: decision.evidence.grounds,
            resources: decidedOn({ resources: shown, at, ...decision }),
          },
    );
  }
  return found;
}

const plannedDisclosure = (
  { resources, at }: Pick<Decided, 'resources' | 'at'>,
  { purpose, receipt, evidence }: Disclosure,
): ProjectedDisclosure => ({
  isPlanned: true,
  purpose,
  legalBasis: receipt.legalBasis,
  grounds: evidence.grounds,
  resources: decidedOn({ resources, at, evidence, receipt }),
});

type Decided = {
  readonly resources: readonly Resource[];
  readonly at: (resource: Resource) => string;
  readonly evidence: Evidence;
  readonly receipt: Disclosure['receipt'];
};

/** What was decided on each resource of the graph, and on those that follow from it. */
function decidedOn({ resources, at, evidence, receipt }: Decided): readonly ProjectedResource[] {
  const judged = new Map(evidence.judged.map((it) => [nameOf(it.source), it]));
  const names = new Set(resources.map(nameOf));
  const others = evidence.judged.flatMap(({ source }) => (names.has(nameOf(source)) ? [] : [source]));
  return [...resources, ...others].map((it) => {
    const judgement = judged.get(nameOf(it));
    const place = { type: it.resourceType, at: at(it) };
    if (!judgement) return { ...place, reason: reasonFor(receipt, it.resourceType), decided: [] };
    const resource = isType(judgement.source, 'Task') ? withoutOwnerMarks(judgement.source as Task) : judgement.source;
    const paths = valuesOf([resource]).map(({ path }) => path.slice(nameOf(resource).length + 1));
    return { ...place, decided: decidedPaths(resource, paths, judgement) };
  });
}

const reasonFor = ({ withheld }: Disclosure['receipt'], type: string): string =>
  withheld.find(({ resourceType }) => resourceType === type)?.reason ?? withheld[0]?.reason ?? 'not-part-of-referral';
