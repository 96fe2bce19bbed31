import type { Bundle, BundleEntry, Task } from '@medplum/fhirtypes';
import { type Graph, graphOf } from '../fhir/graph.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { hasOwnCode } from '../vocabulary/concept.ts';
import { legalBasisOf } from '../vocabulary/legal-basis.ts';
import { isCandidate } from './candidate.ts';
import {
  isUnselected,
  isWithoutGround,
  linesForCandidate,
  linesWithoutGround,
  taskForCandidate,
  taskWithoutGround,
} from './candidate-view.ts';
import { consentVerdict } from './consent.ts';
import type { Evidence, Judged } from './evidence/evidence.ts';
import { type GroundsNoted, groundsNoted } from './evidence/grounds-noted.ts';
import { codesFor, type Grounds, groundRule } from './ground/ground.ts';
import { nobodyAsked, type OutsideConsent, outsideIssue } from './ground/outside.ts';
import { lifeDomainsOf } from './life-domains.ts';
import { partsOfReferral } from './parts-of-referral.ts';
import { projectedBundle, type Reduced } from './projection/bundle.ts';
import type { MessageProjection, RecipientProjections } from './projection/projection.ts';
import { type Occasion, type Purpose, type Receipt, type Relation, receiptOf } from './receipt.ts';
import { isRecipient, type Recipient } from './recipient.ts';
import { type ProjectionContext, socialRequest, taskForSocialDomain } from './social-request.ts';

export type DisclosureQuestion = {
  /** The referral, routed: Task.owner is set. */
  readonly graph: Bundle;
  readonly recipient: Recipient;
  /** Id of the partner that sent the referral. */
  readonly sender?: string;
  readonly purpose: Purpose;
  /** The graph was sent as one referral, so that what is about the person belongs to it. */
  readonly isSentTogether?: boolean;
  readonly now: Date;
  /** Context for a request to the social domain; without it nothing is disclosed there. */
  readonly projection?: ProjectionContext;
  /** The legal bases of the network. */
  readonly grounds: Grounds;
  /** Answers of the consent source outside; without them a legal basis that has to be asked there opens nothing. */
  readonly outside?: OutsideConsent;
};

export type DisclosureDecision =
  | {
      readonly kind: 'permitted';
      readonly bundle: Bundle;
      readonly legalBasis: string;
      readonly receipt: Receipt;
      readonly evidence: Evidence;
    }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[]; readonly receipt: Receipt };

/**
 * Decides on the disclosure of a referral (verwijzing) to one recipient; the default is to deny. Within care the owner
 * of the Task receives the parts of the referral, on the recorded legal basis (grondslag); the requester receives the
 * Task only, to follow its status. The social domain receives a new request built by an allow-list (social-request.ts),
 * never a resource of the referral itself.
 */
export function disclose(question: DisclosureQuestion): DisclosureDecision {
  const { graph: bundle, recipient, sender, purpose, now, isSentTogether = false } = question;
  const graph = graphOf(bundle);
  const task = graph.first('Task');
  const relation = relationOf(graph, task, recipient, sender);
  const legalBasis = legalBasisOf(task);
  const occasion = {
    recipient: recipient.partner,
    domain: recipient.domain,
    purpose,
    relation,
    ...(legalBasis ? { legalBasis } : {}),
    decidedAt: now.toISOString(),
  };
  const noted = groundsNoted(recipient, legalBasis);
  if (recipient.domain === 'social') return toSocialDomain(question, graph, occasion, noted);
  const refusal = refusalOf(graph, question, { relation, legalBasis }, noted);
  if (!task || !legalBasis || refusal)
    return {
      kind: 'refused',
      issues: refusal ? [refusal] : [issue('no-legal-basis', {})],
      receipt: receiptOf(occasion, graph.resources, new Set(), 'refused'),
    };

  const candidate = relation === 'owner' && isCandidate(task);
  const whole = relation === 'owner' && purpose === 'referral' && !candidate;
  const parts = whole ? partsOfReferral(graph, rootsOf(graph, task), isSentTogether) : new Set<Resource>([task]);
  const { projections } = recipient;
  const isSender = sender === recipient.partner;
  const projected = whole
    ? projectedBundle(only(bundle, parts), projections.message('selected', 'referral'), {}, (it) =>
        isType(it, 'Task') ? taskFor(it, projections, { relation, isSender }) : undefined,
      )
    : taskAlone(bundle, task, taskFor(task, projections, { relation, isSender }));
  const { bundle: disclosedBundle, disclosed, judged } = projected;
  const reason = whole ? 'not-part-of-referral' : candidate ? 'not-before-selection' : 'status-only';
  return {
    kind: 'permitted',
    bundle: disclosedBundle,
    legalBasis,
    receipt: receiptOf(occasion, graph.resources, disclosed, reason, disclosedBundle),
    evidence: { judged, grounds: noted.grounds() },
  };
}

/** Discloses the permitted extract of a request, or the Task by the same allow-list for its status. */
function toSocialDomain(
  question: DisclosureQuestion,
  graph: Graph,
  occasion: Occasion,
  noted: GroundsNoted,
): DisclosureDecision {
  const { recipient, sender, purpose, now, projection, grounds } = question;
  const { relation, legalBasis } = occasion;
  const task = graph.first('Task');
  const refused = (...issues: readonly Issue[]): DisclosureDecision => ({
    kind: 'refused',
    issues,
    receipt: receiptOf(occasion, graph.resources, new Set(), 'refused'),
  });
  if (!task || relation === 'none') return refused(issue('recipient-not-party', {}, { expression: 'Task.owner' }));
  if (!legalBasis) return refused(issue('no-legal-basis', {}, { expression: 'Task.extension' }));
  if (purpose === 'status') {
    const reduced =
      relation === 'owner'
        ? socialTaskOfOwner(task, recipient.projections, sender === recipient.partner)
        : followedSocialTask(task, recipient.projections);
    const bundle = collectionOf(reduced.resource);
    const receipt = receiptOf(occasion, graph.resources, new Set([task]), 'status-only', bundle);
    return { kind: 'permitted', bundle, legalBasis, receipt, evidence: evidenceOf(task, reduced, noted) };
  }
  const isSolicitation = purpose === 'solicitation' && isCandidate(task);
  if (relation !== 'owner' || !projection || !isSocialRequest(task))
    return refused(issue('social-domain-referral-forbidden', {}, { expression: 'Task.owner' }));
  const rule = groundRule(grounds, legalBasis, recipient, now);
  if (!rule) return refused(legalBasisInvalid(question));
  const request = socialRequest(graph, task, { recipient, now, rule, note: noted.consent }, projection);
  if (!request.ok) return refused(...request.issues);
  if (!isSolicitation && rule.isAskedOutside) {
    const order = graph.resolve(task.focus);
    const lifeDomains = isType(order, 'ServiceRequest') ? lifeDomainsOf(order) : [];
    const barred = barredOutside(question, { person: personOf(graph), legalBasis, lifeDomains }, noted);
    if (barred) return refused(barred);
  }
  if (isSolicitation) {
    // A candidate is requested only if the request could be disclosed after selection; until then it receives the Task
    // only.
    const reduced = candidateTaskBy(task, recipient.projections);
    const taskOnly = collectionOf(reduced.resource);
    const receipt = receiptOf(occasion, graph.resources, new Set([task]), 'not-before-selection', taskOnly);
    return { kind: 'permitted', bundle: taskOnly, legalBasis, receipt, evidence: evidenceOf(task, reduced, noted) };
  }
  const { bundle, disclosed, judged } = request.value;
  const socialOccasion = { ...occasion, purpose: 'social-request' as const };
  const receipt = receiptOf(socialOccasion, graph.resources, disclosed, 'not-in-allow-list', bundle);
  const evidence = { judged, grounds: noted.grounds() };
  return { kind: 'permitted', bundle, legalBasis, receipt, evidence };
}

function socialTaskOfOwner(task: Task, projections: RecipientProjections, isSender: boolean): ReducedTask {
  if (isUnselected(task)) return candidateTaskBy(task, projections);
  const reduced = followedSocialTask(task, projections);
  return isWithoutGround(task) && !isSender ? endedTaskBy(reduced.resource, projections) : reduced;
}

const collectionOf = (resource: Task): Bundle => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: [{ resource }],
});

const judgedTask = (source: Task, { resource: output, by }: ReducedTask): Judged => ({
  source,
  output,
  by,
  permissions: {},
});

const evidenceOf = (task: Task, reduced: ReducedTask, noted: GroundsNoted): Evidence => ({
  judged: [judgedTask(task, reduced)],
  grounds: noted.grounds(),
});

/** Use cases that address the social domain itself: a request for help, or a transfer of help. */
const isSocialRequest = ({ code }: Task): boolean =>
  hasOwnCode(code, 'use-case', 'social-request') || hasOwnCode(code, 'use-case', 'transfer');

function relationOf(graph: Graph, task: Task | undefined, recipient: Recipient, sender: string | undefined): Relation {
  if (isRecipient(recipient, graph, task?.owner)) return 'owner';
  if (sender === recipient.partner || isRecipient(recipient, graph, task?.requester)) return 'requester';
  return 'none';
}

const legalBasisInvalid = ({ grounds, recipient, now }: DisclosureQuestion): Issue =>
  issue(
    'legal-basis-invalid',
    { codes: codesFor(grounds, recipient, now).join(', ') },
    { expression: 'Task.extension' },
  );

function refusalOf(
  graph: Graph,
  question: DisclosureQuestion,
  { relation, legalBasis }: { readonly relation: Relation; readonly legalBasis: string | undefined },
  noted: GroundsNoted,
): Issue | undefined {
  const { recipient, purpose, now, grounds } = question;
  const owner = { expression: 'Task.owner' };
  const basis = { expression: 'Task.extension' };
  if (relation === 'none') return issue('recipient-not-party', {}, owner);
  if (!legalBasis) return issue('no-legal-basis', {}, basis);
  const rule = groundRule(grounds, legalBasis, recipient, now);
  if (!rule) return legalBasisInvalid(question);
  const person = personOf(graph);
  const consent = consentVerdict(graph, recipient, now, person, noted.consent);
  if (relation === 'owner' && rule.consent !== 'not-needed' && consent === 'deny')
    return issue('consent-denied', {}, owner);
  const whole = relation === 'owner' && purpose === 'referral';
  if (whole && rule.consent === 'required' && consent !== 'permit') return issue('consent-missing', {}, basis);
  return whole && rule.isAskedOutside
    ? barredOutside(question, { person, legalBasis, lifeDomains: [] }, noted)
    : undefined;
}

/** The refusal by the consent source outside; undefined where it permits. */
function barredOutside(
  { recipient, outside = nobodyAsked }: DisclosureQuestion,
  asked: {
    readonly person: Resource | undefined;
    readonly legalBasis: string;
    readonly lifeDomains: readonly string[];
  },
  noted: GroundsNoted,
): Issue | undefined {
  const { person, legalBasis, lifeDomains } = asked;
  const identifiers = isType(person, 'Patient') ? (person.identifier ?? []) : [];
  const answer = outside({ person: identifiers, recipient, legalBasis, lifeDomains });
  noted.outside(answer);
  return outsideIssue(answer);
}

/** The person of the order; undefined where the graph does not contain it. */
const personOf = (graph: Graph): Resource | undefined => {
  const order = graph.resolve(graph.first('Task')?.focus);
  return isType(order, 'ServiceRequest') ? graph.resolve(order.subject) : undefined;
};

const rootsOf = (graph: Graph, task: Task): readonly Resource[] => {
  const order = graph.resolve(task.focus);
  return order ? [task, order] : [task];
};

/** Retains meta of the whole referral. */
const only = ({ entry = [], ...bundle }: Bundle, parts: ReadonlySet<Resource>): Bundle => ({
  ...bundle,
  entry: entry.filter(({ resource }) => resource && parts.has(resource)),
});

/** Without meta: a part does not conform to the profile of the Bundle. */
function taskAlone({ meta: _, entry = [], ...bundle }: Bundle, task: Task, reduced: ReducedTask) {
  const { resource } = reduced;
  const own = entry.filter((it) => it.resource === task);
  return {
    bundle: { ...bundle, entry: own.map((it): BundleEntry => (resource === task ? it : { ...it, resource })) },
    disclosed: new Set<Resource>([task]),
    judged: [judgedTask(task, reduced)],
  };
}

type Party = { readonly relation: Relation; readonly isSender: boolean };

/** A Task with the lines by which it was reduced. */
type ReducedTask = Reduced & { readonly resource: Task };

/** As its reader sees it at the gateway (exchange/memory/as-seen.ts): what is sent discloses no more. */
function taskFor(task: Task, projections: RecipientProjections, { relation, isSender }: Party): ReducedTask {
  if (relation === 'owner' && isUnselected(task)) return candidateTaskBy(task, projections);
  if (relation === 'owner' && isWithoutGround(task) && !isSender) return endedTaskBy(task, projections);
  const by = projections.message('selected', relation === 'owner' ? 'own-task' : 'followed-task');
  return { resource: byLines(task, by), by };
}

const candidateTaskBy = (task: Task, projections: RecipientProjections): ReducedTask => ({
  resource: taskForCandidate(task, projections),
  by: linesForCandidate(projections),
});

const endedTaskBy = (task: Task, projections: RecipientProjections): ReducedTask => ({
  resource: taskWithoutGround(task, projections),
  by: linesWithoutGround(projections),
});

const followedSocialTask = (task: Task, projections: RecipientProjections): ReducedTask => ({
  resource: taskForSocialDomain(task, projections),
  by: projections.message('selected', 'followed-task'),
});

const byLines = (task: Task, by: MessageProjection): Task => (by.project(task) ?? { resourceType: 'Task' }) as Task;

/** A Task for its owner. The same object where nothing of it is withheld. */
export const ownTask = (task: Task, projections: RecipientProjections): Task =>
  byLines(task, projections.message('selected', 'own-task'));

/** A Task for the sender of its order. The same object where nothing of it is withheld. */
export const followedTask = (task: Task, projections: RecipientProjections): Task =>
  byLines(task, projections.message('selected', 'followed-task'));
