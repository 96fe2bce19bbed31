import type { Disclosure } from '../exchange/pipeline/disclosure.ts';
import { isOutgoing, issuesOf, type PipelineOutcome } from '../exchange/pipeline/step.ts';
import type { Prepared } from '../exchange/prepared.ts';
import { isError } from '../fhir/issue.ts';
import type { Decision } from '../routing/index.ts';

/** What a set makes of a message, in words that hold nothing of the message: codes, ids of the configuration, counts. */
export type Outcome = {
  /** `accepted`, or where it was refused and why. */
  readonly verdict: string;
  /** Where each of its Tasks goes, and by which rule. */
  readonly destinations: readonly string[];
  /** Who gets what, and what is withheld, by recipient and purpose. */
  readonly disclosures: ReadonlyMap<string, string>;
  readonly warnings: ReadonlySet<string>;
};

export const refusedUnread = (code: string): Outcome => ({
  verdict: `refused: ${code}`,
  destinations: [],
  disclosures: new Map(),
  warnings: new Set(),
});

export function outcomeOf(walked: PipelineOutcome<Prepared>): Outcome {
  const told = issuesOf(walked.steps.filter(({ step }) => !isOutgoing(step)));
  const warnings = new Set(told.filter(({ severity }) => severity === 'warning').map(({ rule }) => rule));
  if (walked.ok) {
    const { decisions, disclosures } = walked.value;
    return {
      verdict: 'accepted',
      destinations: decisions.map(destinationOf),
      disclosures: new Map(
        disclosures.map(({ receipt }) => [`${receipt.recipient} (${receipt.purpose})`, given(receipt)]),
      ),
      warnings,
    };
  }
  const last = walked.steps.at(-1);
  const codes = [...new Set((last?.issues ?? []).filter(isError).map(({ rule }) => rule))];
  return { ...refusedUnread(codes.join(', ')), verdict: `refused at ${last?.step}: ${codes.join(', ')}`, warnings };
}

export const destinationOf = (decision: Pick<Decision, 'kind' | 'rule'> & { owner?: { reference: string } }): string =>
  `${decision.owner?.reference ?? 'nobody'} by rule ${decision.rule}${decision.kind === 'human' ? ', for people to decide' : ''}`;

function given({ disclosed, withheld }: Disclosure['receipt']): string {
  const counts = Object.entries(disclosed)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([type, count]) => `${count} ${type}`);
  const kept = withheld.map(({ count, resourceType, reason }) => `${count} ${resourceType} (${reason})`).sort();
  return `gets ${counts.join(', ') || 'nothing'}${kept.length ? `; withheld ${kept.join(', ')}` : ''}`;
}

/** What of an outcome is other, as it was and as it would be; `-` where there was or would be nothing. */
export type Difference = {
  readonly aspect: 'outcome' | 'destination' | 'disclosure' | 'warning';
  readonly was: string;
  readonly is: string;
};

export function differencesOf(before: Outcome, after: Outcome): readonly Difference[] {
  const verdict: Difference[] =
    before.verdict === after.verdict ? [] : [{ aspect: 'outcome', was: before.verdict, is: after.verdict }];
  // of what is refused nothing goes anywhere: to tell so once is enough
  const both = before.verdict === 'accepted' && after.verdict === 'accepted';
  return [
    ...verdict,
    ...(both ? pairs('destination', entries(before.destinations), entries(after.destinations)) : []),
    ...(both ? pairs('disclosure', before.disclosures, after.disclosures) : []),
    ...pairs('warning', flags(before.warnings), flags(after.warnings)),
  ];
}

const entries = (list: readonly string[]): ReadonlyMap<string, string> =>
  new Map(list.map((it, index) => [String(index), it]));
const flags = (codes: ReadonlySet<string>): ReadonlyMap<string, string> => new Map([...codes].map((it) => [it, it]));

const pairs = (
  aspect: Difference['aspect'],
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Difference[] =>
  [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    if (was === is) return [];
    const say = (it: string | undefined) => (it === undefined ? '-' : aspect === 'disclosure' ? `${key} ${it}` : it);
    return [{ aspect, was: say(was), is: say(is) }];
  });
