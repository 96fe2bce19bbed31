import type { Bundle, BundleEntry, Task } from '@medplum/fhirtypes';
import { type Graph, graphOf } from '../fhir/graph.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { hasOwnCode } from '../vocabulary/concept.ts';
import { legalBasisOf } from '../vocabulary/legal-basis.ts';
import { isCandidate } from './candidate.ts';
import { isUnselected, isWithoutGround, taskForCandidate, taskWithoutGround } from './candidate-view.ts';
import { consentVerdict } from './consent.ts';
import { codesFor, type Grounds, groundRule } from './ground/ground.ts';
import { nobodyAsked, type OutsideConsent, outsideIssue } from './ground/outside.ts';
import { lifeDomainsOf } from './life-domains.ts';
import { partsOfReferral } from './parts-of-referral.ts';
import { projectedBundle } from './projection/bundle.ts';
import type { RecipientProjections } from './projection/projection.ts';
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
  | { readonly kind: 'permitted'; readonly bundle: Bundle; readonly legalBasis: string; readonly receipt: Receipt }
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
  if (recipient.domain === 'social') return toSocialDomain(question, graph, occasion);
  const refusal = refusalOf(graph, question, { relation, legalBasis });
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
    ? projectedBundle(only(bundle, parts, true), projections.message('selected', 'referral'), {}, (it) =>
        isType(it, 'Task') ? taskFor(it, projections, { relation, isSender }) : undefined,
      )
    : {
        bundle: only(bundle, parts, false, (it) => taskFor(it as Task, projections, { relation, isSender })),
        disclosed: parts,
      };
  const { bundle: disclosedBundle, disclosed } = projected;
  const reason = whole ? 'not-part-of-referral' : candidate ? 'not-before-selection' : 'status-only';
  return {
    kind: 'permitted',
    bundle: disclosedBundle,
    legalBasis,
    receipt: receiptOf(occasion, graph.resources, disclosed, reason, disclosedBundle),
  };
}

/** Discloses the permitted extract of a request, or the Task by the same allow-list for its status. */
function toSocialDomain(question: DisclosureQuestion, graph: Graph, occasion: Occasion): DisclosureDecision {
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
    const bundle: Bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        {
          resource:
            relation === 'owner'
              ? socialTaskOfOwner(task, recipient.projections, sender === recipient.partner)
              : taskForSocialDomain(task, recipient.projections),
        },
      ],
    };
    const receipt = receiptOf(occasion, graph.resources, new Set([task]), 'status-only', bundle);
    return { kind: 'permitted', bundle, legalBasis, receipt };
  }
  const isSolicitation = purpose === 'solicitation' && isCandidate(task);
  if (relation !== 'owner' || !projection || !isSocialRequest(task))
    return refused(issue('social-domain-referral-forbidden', {}, { expression: 'Task.owner' }));
  const rule = groundRule(grounds, legalBasis, recipient, now);
  if (!rule) return refused(legalBasisInvalid(question));
  const request = socialRequest(graph, task, { recipient, now, rule }, projection);
  if (!request.ok) return refused(...request.issues);
  if (!isSolicitation && rule.isAskedOutside) {
    const order = graph.resolve(task.focus);
    const lifeDomains = isType(order, 'ServiceRequest') ? lifeDomainsOf(order) : [];
    const barred = barredOutside(question, { person: personOf(graph), legalBasis, lifeDomains });
    if (barred) return refused(barred);
  }
  if (isSolicitation) {
    // A candidate is requested only if the request could be disclosed after selection; until then it receives the Task
    // only.
    const taskOnly: Bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: taskForCandidate(task, recipient.projections) }],
    };
    const receipt = receiptOf(occasion, graph.resources, new Set([task]), 'not-before-selection', taskOnly);
    return { kind: 'permitted', bundle: taskOnly, legalBasis, receipt };
  }
  const { bundle, disclosed } = request.value;
  const socialOccasion = { ...occasion, purpose: 'social-request' as const };
  const receipt = receiptOf(socialOccasion, graph.resources, disclosed, 'not-in-allow-list', bundle);
  return { kind: 'permitted', bundle, legalBasis, receipt };
}

function socialTaskOfOwner(task: Task, projections: RecipientProjections, isSender: boolean): Task {
  if (isUnselected(task)) return taskForCandidate(task, projections);
  const reduced = taskForSocialDomain(task, projections);
  return isWithoutGround(task) && !isSender ? taskWithoutGround(reduced, projections) : reduced;
}

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
): Issue | undefined {
  const { recipient, purpose, now, grounds } = question;
  const owner = { expression: 'Task.owner' };
  const basis = { expression: 'Task.extension' };
  if (relation === 'none') return issue('recipient-not-party', {}, owner);
  if (!legalBasis) return issue('no-legal-basis', {}, basis);
  const rule = groundRule(grounds, legalBasis, recipient, now);
  if (!rule) return legalBasisInvalid(question);
  const person = personOf(graph);
  const consent = consentVerdict(graph, recipient, now, person);
  if (relation === 'owner' && rule.consent !== 'not-needed' && consent === 'deny')
    return issue('consent-denied', {}, owner);
  const whole = relation === 'owner' && purpose === 'referral';
  if (whole && rule.consent === 'required' && consent !== 'permit') return issue('consent-missing', {}, basis);
  return whole && rule.isAskedOutside ? barredOutside(question, { person, legalBasis, lifeDomains: [] }) : undefined;
}

/** The refusal by the consent source outside; undefined where it permits. */
function barredOutside(
  { recipient, outside = nobodyAsked }: DisclosureQuestion,
  asked: {
    readonly person: Resource | undefined;
    readonly legalBasis: string;
    readonly lifeDomains: readonly string[];
  },
): Issue | undefined {
  const { person, legalBasis, lifeDomains } = asked;
  const identifiers = isType(person, 'Patient') ? (person.identifier ?? []) : [];
  return outsideIssue(outside({ person: identifiers, recipient, legalBasis, lifeDomains }));
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

/** Retains meta for the whole referral only: a part does not conform to the profile of the Bundle. */
const only = (
  { meta, ...bundle }: Bundle,
  parts: ReadonlySet<Resource>,
  whole: boolean,
  reduced: (it: Resource) => Resource = (it) => it,
): Bundle => ({
  ...bundle,
  ...(meta && whole ? { meta } : {}),
  entry: (bundle.entry ?? []).flatMap((entry): BundleEntry[] => {
    if (!entry.resource || !parts.has(entry.resource)) return [];
    const resource = reduced(entry.resource);
    return [resource === entry.resource ? entry : { ...entry, resource: resource as Task }];
  }),
});

type Party = { readonly relation: Relation; readonly isSender: boolean };

/** As its reader sees it at the gateway (exchange/memory/as-seen.ts): what is sent discloses no more. */
function taskFor(task: Task, projections: RecipientProjections, { relation, isSender }: Party): Task {
  if (relation === 'owner' && isUnselected(task)) return taskForCandidate(task, projections);
  if (relation === 'owner' && isWithoutGround(task) && !isSender) return taskWithoutGround(task, projections);
  return relation === 'owner' ? ownTask(task, projections) : followedTask(task, projections);
}

const ownTask = (task: Task, projections: RecipientProjections): Task =>
  (projections.message('selected', 'own-task').project(task) ?? { resourceType: 'Task' }) as Task;

/** A Task for the sender of its order. The same object where nothing of it is withheld. */
export const followedTask = (task: Task, projections: RecipientProjections): Task =>
  (projections.message('selected', 'followed-task').project(task) ?? { resourceType: 'Task' }) as Task;
