import { domainOf, type FactValue, holds } from './condition.ts';
import { alwaysDecides, type RuleText, type TestedFact, type When } from './routes-file.ts';

type FactCombination = Readonly<Partial<Record<TestedFact, FactValue>>>;

/** Every combination of the facts that these rules can tell apart. A municipality is known exactly inside the region. */
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

/** Decides whenever its facts hold: it has no expression that could still say no, and no service that could. */
const isCertain = ({ when, then }: RuleText): boolean => alwaysDecides(then) && when?.fhirpath === undefined;

export type Reachability = {
  /** Rules that nothing reaches; `before` is one that always decides first, absent when its conditions contradict each other. */
  readonly unreachable: readonly { readonly index: number; readonly before?: string }[];
  /** Some referral would come out at the end undecided. */
  readonly open: boolean;
};

/** Tries the rules of one use case on every combination of the facts that they name: some thousands, once, at start. */
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
