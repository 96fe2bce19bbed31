/**
 * Codes whose system is not here, asked of a terminology server. However that server is, who asks waits no longer than
 * one timeout, and not at all while it is known to be away.
 */
import type { Answer, Ask, Question } from '../validation/index.ts';
import { circuitOf } from './circuit-breaker.ts';
import { turnsOf } from './concurrency-limit.ts';
import { type Decision, rememberedDecisions } from './decision-cache.ts';
import { openServer } from './server.ts';
import type { TerminologySettings } from './settings.ts';
import { existence, type Inquiry, mayBeAsked, membership, withSystem } from './validate-code-request.ts';

export { type TerminologyFile, type TerminologySettings, terminologySettings } from './settings.ts';

export type Terminology = {
  /** Never rejects. */
  readonly ask: Ask;
  /** Called when the server is found to be away, and when it is back. */
  readonly watch: (tell: (state: 'away' | 'back') => void) => void;
  readonly close: () => Promise<void>;
};

/** Of a network without a terminology server: every question stays open. */
export const noTerminology: Terminology = {
  ask: async () => undefined,
  watch: () => {},
  close: async () => {},
};

/** One message may ask more than a server answers in time: its resend finds the first answers here. */
const mostWaiting = 2_000;

/** `now` in milliseconds. Nothing is asked before the first question. */
export function openTerminology(settings: TerminologySettings, now: () => number): Terminology {
  const { timeout, atOnce, cacheEntries, keep, keepNegative, failures, rest } = settings;
  let tell: (state: 'away' | 'back') => void = () => {};
  const server = openServer(settings);
  const circuit = circuitOf({ failures, rest, now, tell: (state) => tell(state) });
  const remembered = rememberedDecisions({ entries: cacheEntries, keep, keepNegative, now });
  const inTurn = turnsOf(atOnce, mostWaiting);
  const underWay = new Map<string, Promise<Decision | 'away'>>();

  async function fetched(key: string, inquiry: Inquiry): Promise<Decision | 'away'> {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), timeout);
    const since = performance.now();
    try {
      const answer = await inTurn(ending.signal, async () => {
        if (!circuit.mayTry()) return 'away';
        const hadNoTime = performance.now() - since > timeout / 2;
        const found = await server.validateCode(inquiry, ending.signal);
        // Who asks much makes others wait: that the time was over then says nothing of the server.
        if (found === 'stumbled' || (found === 'failed' && hadNoTime && ending.signal.aborted)) circuit.ended();
        else if (found === 'failed') circuit.failed();
        else circuit.wentWell();
        return found === 'failed' || found === 'stumbled' ? 'away' : found;
      });
      if (answer === undefined || answer === 'away') return 'away';
      remembered.set(key, answer);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  function decide(inquiry: Inquiry): Promise<Decision | 'away'> {
    const key = JSON.stringify(inquiry);
    const known = remembered.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const shared = underWay.get(key);
    if (shared) return shared;
    if (circuit.isOpen()) return Promise.resolve('away');
    const asked = fetched(key, inquiry).finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  }

  /** What is not in its code system is in no value set, also in one that the server does not know. */
  async function decideCode(question: Question, told: Question['codings'][number]): Promise<Answer> {
    const coding = withSystem(question, told);
    const inquiry = mayBeAsked(coding) ? membership(question, coding) : undefined;
    if (!inquiry) return undefined;
    const found = await decide(inquiry);
    if (found !== 'unknown' || inquiry.operation === 'CodeSystem') return found;
    const exists = await decide(existence(coding));
    return exists === true ? 'unknown' : exists;
  }

  return {
    ask: async (question) => settled(await Promise.all(question.codings.map((it) => decideCode(question, it)))),
    watch: (told) => {
      tell = told;
    },
    close: () => server.close(),
  };
}

/** One code of the set is enough; that it is none takes all of them. */
function settled(answers: readonly Answer[]): Answer {
  if (answers.includes(true)) return true;
  for (const open of ['away', 'unknown', undefined] as const) if (answers.includes(open)) return open;
  return answers.length > 0 ? false : undefined;
}
