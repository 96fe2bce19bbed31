import { domainOf, type FactValue, holds } from './condition.ts';
import { alwaysDecides, type RuleText, type TestedFact, type When } from './routes-file.ts';

type FactCombination = Readonly<Partial<Record<TestedFact, FactValue>>>;

/** Every combination of facts that these rules distinguish. A municipality is known exactly inside the region. */
function combinationsOf(rules: readonly RuleText[]): readonly FactCombination[] {
  const conditions = rules.flatMap(({ when }) => when ?? []);
  const named = new Set(conditions.flatMap((it) => Object.keys(it))) as Set<TestedFact | 'fhirpath'>;
  if (named.has('municipality')) named.add('residence');
  named.delete('fhirpath');
  let worlds: FactCombination[] = [{}];
  for (const fact of named as Set<TestedFact>) {
    const values = domainOf(fact, conditions);
    worlds = worlds.flatMap((world) => values.map((value) => ({ ...world, [fact]: value })));
  }
  if (!named.has('municipality')) return worlds;
  return worlds.filter(({ residence, municipality }) => (residence === 'inside') === (municipality !== null));
}

const satisfies = (when: When | undefined, world: FactCombination): boolean =>
  (Object.entries(when ?? {}) as [TestedFact | 'fhirpath', NonNullable<When[TestedFact]>][]).every(
    ([fact, wanted]) => fact === 'fhirpath' || holds(fact, wanted, world[fact] ?? null),
  );

/** Decides whenever its facts hold: no expression and no lack of services can prevent it. */
const isCertain = ({ when, then }: RuleText): boolean => alwaysDecides(then) && when?.fhirpath === undefined;

export type Reachability = {
  /**
   * Rules that are never reached; `before` is an earlier rule that always decides first, absent when the conditions of
   * the rule contradict each other.
   */
  readonly unreachable: readonly { readonly index: number; readonly before?: string }[];
  /** Some referrals pass all rules without a decision. */
  readonly open: boolean;
};

/** Evaluates the rules of a use case on every combination of their facts: a few thousand, once, at start-up. */
export function reachabilityOf(rules: readonly RuleText[]): Reachability {
  const worlds = combinationsOf(rules);
  const unreachable: { index: number; before?: string }[] = [];
  let left = worlds;
  for (const [index, rule] of rules.entries()) {
    const reached = left.some((world) => satisfies(rule.when, world));
    if (!reached) {
      const shadowed = worlds.find((world) => satisfies(rule.when, world));
      const before = shadowed && rules.slice(0, index).find((it) => isCertain(it) && satisfies(it.when, shadowed));
      unreachable.push({ index, ...(before ? { before: before.id } : {}) });
    }
    if (isCertain(rule)) left = left.filter((world) => !satisfies(rule.when, world));
  }
  return { unreachable, open: left.length > 0 };
}
