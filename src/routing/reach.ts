import { alwaysDecides, listOf, type RuleText, type TestedFact, type When } from './routes-file.ts';

type World = Readonly<Record<TestedFact, string>>;

const domains: Readonly<Record<Exclude<TestedFact, 'municipality'>, readonly string[]>> = {
  source: ['gateway-profile', 'mapped'],
  owner: ['none', 'network', 'referrer', 'service', 'organization', 'unknown'],
  residence: ['inside', 'outside', 'unknown'],
  referrer: ['known', 'person', 'unknown'],
  urgent: ['true', 'false'],
  complaint: ['psychological', 'other', 'none'],
};

/** Every combination of the facts that these rules can tell apart. A municipality is known exactly inside the region. */
function worldsOf(rules: readonly RuleText[]): readonly World[] {
  const named = new Set(rules.flatMap(({ when }) => listOf(when?.municipality ?? [])));
  let worlds: Record<string, string>[] = [{}];
  for (const [fact, values] of Object.entries(domains))
    worlds = worlds.flatMap((world) => values.map((value) => ({ ...world, [fact]: value })));
  return worlds.flatMap((world) =>
    (world.residence === 'inside' ? [...named, 'another'] : ['none']).map(
      (municipality) => ({ ...world, municipality }) as World,
    ),
  );
}

const holds = (when: When | undefined, world: World): boolean =>
  Object.entries(when ?? {}).every(
    ([fact, wanted]) =>
      fact === 'fhirpath' || listOf<string | boolean>(wanted).some((it) => String(it) === world[fact as TestedFact]),
  );

/** Decides whenever its facts hold: it has no expression that could still say no, and no service that could. */
const isCertain = ({ when, then }: RuleText): boolean => alwaysDecides(then) && when?.fhirpath === undefined;

export type Reach = {
  /** Rules that nothing reaches; `before` is one that always decides first, absent when its conditions contradict each other. */
  readonly unreachable: readonly { readonly index: number; readonly before?: string }[];
  /** Some referral would come out at the end undecided. */
  readonly open: boolean;
};

/** Tries the rules of one use case on every combination of facts: at most a few thousand, once, at start. */
export function reachOf(rules: readonly RuleText[]): Reach {
  const worlds = worldsOf(rules);
  const unreachable: { index: number; before?: string }[] = [];
  let left = worlds;
  for (const [index, rule] of rules.entries()) {
    const reached = left.some((world) => holds(rule.when, world));
    if (!reached) {
      const shadowed = worlds.find((world) => holds(rule.when, world));
      const before = shadowed && rules.slice(0, index).find((it) => isCertain(it) && holds(it.when, shadowed));
      unreachable.push({ index, ...(before ? { before: before.id } : {}) });
    }
    if (isCertain(rule)) left = left.filter((world) => !holds(rule.when, world));
  }
  return { unreachable, open: left.length > 0 };
}
