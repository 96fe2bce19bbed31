/**
 * Rules that the loaded content cannot decide: FHIRPath that tests the membership of a value set that is not loaded, a
 * profile that is not loaded, the time without a clock. Such a rule is neither met nor violated.
 */
import type { Issue } from '../../fhir/issue.ts';
import { isError } from '../../fhir/issue.ts';
import type { OpenRule, Run } from '../plan/plan.ts';
import type { Question } from '../plan/question.ts';
import { anyIn, codingsOf } from './codings.ts';
import { expressionOf } from './position.ts';
import { report, reportAgain } from './report.ts';
import { completeSystems, systemsToAsk, waiverOf } from './undecided-code.ts';

/** More combinations of answers than these are not tried. */
const maxMembers = 5;

export const openRuleOf = (run: Run): OpenRule => {
  run.openRule ??= { members: new Map(), assumed: undefined, problem: undefined };
  return run.openRule;
};

/** What decides a rule is missing, other than the content of a value set. */
export function leaveOpen(run: Run, problem: string): undefined {
  openRuleOf(run).problem ??= problem;
}

/** Whether a value is in a value set, for memberOf(); undefined when the loaded content cannot decide. */
export function memberOf(run: Run, value: unknown, valueSet: string): boolean | undefined {
  const set = run.context.terminology.valueSet(valueSet);
  const codings = codingsOf(value);
  if (codings.length === 0) return false;
  const answer = set && anyIn(set, codings);
  if (answer !== undefined) return answer;
  const open = openRuleOf(run);
  const key = JSON.stringify([valueSet, codings]);
  const assumed = open.assumed?.get(key);
  if (assumed === undefined) open.members.set(key, { valueSet, codings, set });
  return assumed;
}

type OpenRuleSource = {
  readonly key: string;
  readonly violation: Issue;
  /** Evaluates the rule again; false when that fails. */
  readonly evaluate: () => boolean;
};

/** Decides an open rule where every answer leads to the same outcome; otherwise opens its questions. */
export function decideOpenRule(run: Run, { members, problem }: OpenRule, source: OpenRuleSource): void {
  const { violation, key } = source;
  const table = problem === undefined ? outcomes(run, members, source.evaluate) : undefined;
  if (table?.every((holds) => holds)) return;
  if (table?.every((holds) => !holds)) {
    reportAgain(run, violation);
    return;
  }
  if (run.silent > 0) return;
  if (!table) {
    const severity = isError(violation) ? 'warning' : 'information';
    report(
      run,
      'invariant-undecided',
      { key, problem: problem ?? 'it depends on too many value sets' },
      placeOf(violation, severity),
    );
    return;
  }
  openQuestions(run, members, table, source);
}

/** Whether the rule holds for each combination of answers; undefined when there are too many. */
function outcomes(run: Run, members: OpenRule['members'], evaluate: () => boolean): boolean[] | undefined {
  for (;;) {
    const keys = [...members.keys()];
    if (keys.length > maxMembers) return undefined;
    const table = Array.from({ length: 1 << keys.length }, (_, answers) => {
      const assumed = new Map(keys.map((key, at) => [key, (answers & (1 << at)) !== 0]));
      run.openRule = { members, assumed, problem: undefined };
      return evaluate();
    });
    // Under an assumption the rule may reach a membership that it did not reach before.
    if (members.size === keys.length) return table;
  }
}

const placeOf = ({ constraint, profile, element }: Issue, severity: 'warning' | 'information') => ({
  severity,
  ...(constraint ? { constraint } : {}),
  ...(profile ? { profile } : {}),
  ...(element ? { element } : {}),
});

function openQuestions(
  run: Run,
  members: OpenRule['members'],
  holds: readonly boolean[],
  { key, violation }: OpenRuleSource,
): void {
  const at = expressionOf(run);
  const all = [...members.values()];
  const element = violation.element ?? run.segments[run.depth - 1]?.path ?? run.root;
  const waivers = all.map(({ valueSet, codings, set }) => waiverOf(run.context, valueSet, set?.absent ?? [], codings));
  if (waivers.every(Boolean)) {
    for (const [i, { valueSet }] of all.entries())
      report(run, 'binding-waived', { element, valueSet, waiver: waivers[i]! }, placeOf(violation, 'information'));
    return;
  }
  const outcome = { violation: { ...violation, expression: at }, holds };
  const questions = all.map(({ valueSet, codings, set }, position): Question => {
    const whole = completeSystems(run.context, valueSet);
    return {
      kind: 'code',
      at,
      element,
      ...(violation.profile ? { profile: violation.profile } : {}),
      strength: isError(violation) ? 'required' : 'extensible',
      codings,
      valueSet,
      systems: systemsToAsk(run.context, valueSet, set?.absent ?? []),
      ...(whole.length > 0 ? { whole } : {}),
      rule: { outcome, position },
    };
  });
  const names = [...new Set(all.map(({ valueSet }) => valueSet))].join(', ');
  report(
    run,
    'invariant-undecided',
    {
      key,
      problem: `the content of value set ${names} is not loaded${questions.every(isAskable) ? '' : withoutSystem}`,
    },
    placeOf(violation, 'information'),
  );
  run.questions.push(...questions);
}

const withoutSystem = ', and no terminology server can be asked about a value without a code system';

const isAskable = ({ codings, systems }: Question): boolean =>
  systems.length === 1 || codings.some(({ system }) => system !== undefined);
