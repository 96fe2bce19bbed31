import type { Bilingual } from '../../fhir/bilingual.ts';
import { render } from '../../fhir/catalogue/rule.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { FhirPathEvaluationError } from '../../fhirpath/index.ts';
import { type RoutingContext, type RoutingQuestion, routingContextOf } from '../facts/facts.ts';
import type { Condition, RouteRule, Routes } from '../rules/compile-routes.ts';
import { factOf, holds } from '../rules/condition.ts';
import type { DirectoryService, DirectorySnapshot, ReplicatedSource } from '../snapshot/snapshot.ts';
import { evaluateCandidates } from './candidates.ts';
import type { Candidate, ChosenOwner, Decision, TriedRule } from './decision.ts';
import { deviationsOf } from './deviations.ts';

/**
 * Decides the destination of a referral: the first rule of its use case whose conditions hold and that yields a
 * service. Every path ends with an owner, with the team that decides by hand, or with a refusal.
 */
export function route(routes: Routes, directory: DirectorySnapshot, question: RoutingQuestion): Decision {
  const known = routingContextOf(question, directory);
  const record = {
    rules: [] as TriedRule[],
    candidates: [] as Candidate[],
    elsewhere: [] as Decision['elsewhere'][number][],
  };
  const common = {
    useCase: known.facts.useCase,
    facts: known.facts,
    ...record,
    configuration: routes.digest,
    directory: directory.digest,
    sources: [] as ReplicatedSource[],
    decidedAt: question.now.toISOString(),
  };
  const refused = (rule: string, reason: Bilingual, why: Issue): Decision => ({
    kind: 'refused',
    ...common,
    rule,
    reason,
    warnings: [],
    issues: [why],
  });
  const decided = (
    kind: 'assigned' | 'human',
    { id, reason }: RouteRule,
    service: DirectoryService,
    proposed: readonly DirectoryService[] = [],
  ): Decision => ({
    kind,
    ...common,
    rule: id,
    reason: sentence(reason, {
      service: service.name,
      municipality: directory.nameOfMunicipality(known.facts.municipality ?? '') ?? '-',
      candidates: proposed.map(({ name }) => name).join(', ') || '-',
    }),
    owner: ownerOf(service),
    ...(kind === 'human' && proposed.length > 0 ? { proposed: proposed.map(ownerOf) } : {}),
    warnings: deviationsOf(known, kind, service),
  });
  const team = directory.service(directory.registrationTeam)!;

  const rules = routes.rules.get(known.facts.useCase) ?? [];
  for (const rule of rules) {
    const unmet = rule.conditions.find((it) => !isMet(it, known, question.now));
    if (unmet) {
      record.rules.push({ id: rule.id, outcome: 'condition-not-met', because: unmet.description });
      continue;
    }
    if ('owner' in rule.then || 'candidates' in rule.then) {
      const { candidates, kept, tied, elsewhere } = evaluateCandidates(rule.then, rule.id, known, directory);
      record.candidates.push(...candidates);
      if (elsewhere > 0) record.elsewhere.push({ rule: rule.id, count: elsewhere });
      common.sources.push(...sourcesOf(candidates, directory, common.sources));
      const [service] = kept;
      // several services of equal rank: an arbitrary choice would look like a reasoned one
      if (!service || (tied && 'owner' in rule.then)) {
        record.rules.push({ id: rule.id, outcome: 'no-candidate', because: String(kept.length) });
        continue;
      }
      record.rules.push({ id: rule.id, outcome: 'decided' });
      if ('owner' in rule.then) return decided('assigned', rule, service);
      return decided('human', rule, team, kept.slice(0, rule.then.candidates['at-most'] ?? maximumProposed));
    }
    record.rules.push({ id: rule.id, outcome: 'decided' });
    if ('ask' in rule.then) return decided('human', rule, team);
    return refused(rule.id, rule.reason, refusalOf(rule));
  }
  const useCases = [...routes.rules.keys()].join(', ');
  return refused(
    noRoute.id,
    noRoute.reason,
    issue('use-case-not-routed', { useCases }, { expression: 'ServiceRequest.category' }),
  );
}

/** Upper bound on a human choice. */
const maximumProposed = 5;

/** The replicated directories that evaluated services come from. */
function sourcesOf(
  candidates: readonly Candidate[],
  { sources }: DirectorySnapshot,
  known: readonly ReplicatedSource[],
): ReplicatedSource[] {
  const names = new Set(candidates.flatMap(({ source }) => source ?? []));
  return sources.filter((it) => names.has(it.source) && !known.includes(it));
}

/** Only for a use case without rules: compilation guarantees that the rules of every other one end in a decision. */
const noRoute = {
  id: 'no-route',
  reason: {
    en: 'This network has no route for this use case.',
    nl: 'Dit netwerk heeft geen route voor dit gebruiksdoel.',
  },
};

/** The refusal carries the network's own reason: the sender sees nothing else of the decision. */
function refusalOf({ id, reason, then }: RouteRule): Issue {
  if ('refuse' in then && then.refuse !== 'route-refused') return issue(then.refuse, {}, { expression: 'Task.owner' });
  const say = (text: string) => issue('route-refused', { rule: id, reason: text }, { expression: 'ServiceRequest' });
  return { ...say(reason.en), dutch: say(reason.nl).dutch };
}

function isMet({ fact, expression }: Condition, { facts, graph }: RoutingContext, now: Date): boolean {
  if (fact) return holds(fact.name, fact.wanted, facts[factOf(fact.name)]);
  try {
    const variables = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null));
    const resolve = (it: unknown) => graph.resolve(typeof it === 'string' ? { reference: it } : (it as object));
    return expression?.(graph.bundle, { variables, resolve, now }) === true;
  } catch (error) {
    // an expression that fails on this referral counts as not met; the record shows it
    if (error instanceof FhirPathEvaluationError) return false;
    throw error;
  }
}

const sentence = (reason: Bilingual, details: Readonly<Record<string, string>>): Bilingual => ({
  en: render(reason.en, details),
  nl: render(reason.nl, details),
});

function ownerOf({ reference, identifiers, name, partner }: DirectoryService): ChosenOwner {
  const [identifier] = identifiers;
  return {
    reference,
    display: name,
    ...(identifier ? { identifier } : {}),
    ...(partner ? { partner } : {}),
  };
}
