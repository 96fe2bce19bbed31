import { type Network, recipientOf } from '../directory/index.ts';
import type { Disclosure } from '../exchange/pipeline/disclosure.ts';
import { isOutgoing, issuesOf, type PipelineOutcome } from '../exchange/pipeline/step.ts';
import type { Prepared } from '../exchange/prepared.ts';
import { isError } from '../fhir/issue.ts';
import type { Decision } from '../routing/index.ts';
import { elementsIn, pathsBeyond } from './disclosed-elements.ts';

/** The outcome of a message under a set, without content of the message: codes, ids of the configuration, counts. */
export type MessageOutcome = {
  /** `accepted`, or the refusing step with the codes. */
  readonly verdict: string;
  /** The destination of each Task, with the deciding rule. */
  readonly destinations: readonly string[];
  /** Disclosed and withheld resources, by recipient and purpose. */
  readonly disclosures: ReadonlyMap<string, string>;
  /** Element paths that go out, by kind of recipient and phase. */
  readonly elements: ReadonlyMap<string, ReadonlySet<string>>;
  readonly warnings: ReadonlySet<string>;
};

export const refusedBeforeDecision = (code: string): MessageOutcome => ({
  verdict: `refused: ${code}`,
  destinations: [],
  disclosures: new Map(),
  elements: new Map(),
  warnings: new Set(),
});

export function messageOutcomeOf(walked: PipelineOutcome<Prepared>, network: Network): MessageOutcome {
  const reported = issuesOf(walked.steps.filter(({ step }) => !isOutgoing(step)));
  const warnings = new Set(reported.filter(({ severity }) => severity === 'warning').map(({ rule }) => rule));
  if (walked.ok) {
    const { decisions, disclosures } = walked.value;
    return {
      verdict: 'accepted',
      destinations: decisions.map(destinationOf),
      disclosures: new Map(
        disclosures.map(({ receipt }) => [`${receipt.recipient} (${receipt.purpose})`, describeReceipt(receipt)]),
      ),
      elements: elementsOf(network, disclosures),
      warnings,
    };
  }
  const last = walked.steps.at(-1);
  const codes = [...new Set((last?.issues ?? []).filter(isError).map(({ rule }) => rule))];
  return {
    ...refusedBeforeDecision(codes.join(', ')),
    verdict: `refused at ${last?.step}: ${codes.join(', ')}`,
    warnings,
  };
}

const elementsOf = (network: Network, disclosures: readonly Disclosure[]) => {
  const found = new Map<string, Set<string>>();
  for (const it of disclosures) {
    const kind = recipientOf(network, it.partner)?.projections.kind ?? 'nobody';
    const key = `${kind}, phase ${candidatePurposes.has(it.purpose) ? 'candidate' : 'selected'}`;
    found.set(key, new Set([...(found.get(key) ?? []), ...elementsIn(it)]));
  }
  return found;
};

const candidatePurposes: ReadonlySet<string> = new Set(['solicitation', 'invitation']);

export const destinationOf = (decision: Pick<Decision, 'kind' | 'rule'> & { owner?: { reference: string } }): string =>
  `${decision.owner?.reference ?? 'nobody'} by rule ${decision.rule}${decision.kind === 'human' ? ', for people to decide' : ''}`;

function describeReceipt({ disclosed, withheld }: Disclosure['receipt']): string {
  const counts = Object.entries(disclosed)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([type, count]) => `${count} ${type}`);
  const hidden = withheld.map(({ count, resourceType, reason }) => `${count} ${resourceType} (${reason})`).sort();
  return `gets ${counts.join(', ') || 'nothing'}${hidden.length ? `; withheld ${hidden.join(', ')}` : ''}`;
}

/** One difference between two outcomes, before and after; `-` where there is nothing. */
export type Difference = {
  readonly aspect: 'outcome' | 'destination' | 'disclosure' | 'element' | 'warning';
  readonly was: string;
  readonly is: string;
};

export function differencesOf(before: MessageOutcome, after: MessageOutcome): readonly Difference[] {
  const verdict: Difference[] =
    before.verdict === after.verdict ? [] : [{ aspect: 'outcome', was: before.verdict, is: after.verdict }];
  // a refused message has no destinations: one difference is enough
  const both = before.verdict === 'accepted' && after.verdict === 'accepted';
  return [
    ...verdict,
    ...(both ? pairs('destination', entries(before.destinations), entries(after.destinations)) : []),
    ...(both ? pairs('disclosure', before.disclosures, after.disclosures) : []),
    ...(both ? elementDifferences(before, after) : []),
    ...pairs('warning', flags(before.warnings), flags(after.warnings)),
  ];
}

/** Elements that one of both discloses to a recipient of the same kind. Another destination is a difference by itself. */
const elementDifferences = (before: MessageOutcome, after: MessageOutcome): Difference[] =>
  (before.destinations.join() === after.destinations.join() ? [...after.elements] : []).flatMap(([to, is]) => {
    const was = before.elements.get(to);
    if (!was) return [];
    return [
      ...pathsBeyond(is, was).map((path) => ({ aspect: 'element' as const, was: '-', is: `${path} to ${to}` })),
      ...pathsBeyond(was, is).map((path) => ({ aspect: 'element' as const, was: `${path} to ${to}`, is: '-' })),
    ];
  });

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
