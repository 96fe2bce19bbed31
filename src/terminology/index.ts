/**
 * Decides codes of systems that are not loaded, with a terminology server. A caller waits at most one timeout, whatever
 * the state of the server, and not at all while it is unavailable.
 */
import type { AddressRules } from '../outbound/address.ts';
import type { Answer, Ask, Question } from '../validation/index.ts';
import { circuitBreaker } from './circuit-breaker.ts';
import { concurrencyLimit } from './concurrency-limit.ts';
import { type Decision, decisionCache } from './decision-cache.ts';
import { openTerminologyServer } from './server.ts';
import type { TerminologySettings } from './settings.ts';
import {
  codeSystemRequest,
  isDisclosable,
  type ValidateCodeRequest,
  valueSetRequest,
  withSystem,
} from './validate-code-request.ts';

export { type TerminologyFile, type TerminologySettings, terminologySettings } from './settings.ts';

export type Terminology = {
  /** Never rejects. */
  readonly ask: Ask;
  /** Registers the callback for when the server becomes unavailable, and when it is available again. */
  readonly watch: (callback: (state: 'away' | 'back') => void) => void;
  readonly close: () => Promise<void>;
};

/** For a network without terminology server: every question stays open. */
export const noTerminology: Terminology = {
  ask: async () => undefined,
  watch: () => {},
  close: async () => {},
};

/** A message with more questions than fit in the timeout finds the first decisions cached when it is sent again. */
const maxWaiting = 2_000;

/** `now` in milliseconds; `rules`: addresses to which it may connect. Nothing is sent before the first question. */
export function openTerminology(
  settings: TerminologySettings,
  now: () => number,
  rules: () => AddressRules | undefined,
): Terminology {
  const { timeout, maxConcurrent, cacheEntries, cacheTtl, negativeCacheTtl, failures, pause } = settings;
  let notify: (state: 'away' | 'back') => void = () => {};
  const server = openTerminologyServer(settings, rules);
  const circuit = circuitBreaker({ failures, pause, now, notify: (state) => notify(state) });
  const decisions = decisionCache({ entries: cacheEntries, ttl: cacheTtl, negativeTtl: negativeCacheTtl, now });
  const limited = concurrencyLimit(maxConcurrent, maxWaiting);
  const inFlight = new Map<string, Promise<Decision | 'away'>>();

  async function fetchDecision(key: string, request: ValidateCodeRequest): Promise<Decision | 'away'> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeout);
    const since = performance.now();
    try {
      const answer = await limited(deadline.signal, async () => {
        if (!circuit.tryRequest()) return 'away';
        const spentInQueue = performance.now() - since > timeout / 2;
        const found = await server.validateCode(request, deadline.signal);
        // A timeout after most of the time was spent in the queue is no evidence about the server.
        if (found === 'stumbled' || (found === 'failed' && spentInQueue && deadline.signal.aborted))
          circuit.inconclusive();
        else if (found === 'failed') circuit.failed();
        else circuit.succeeded();
        return found === 'failed' || found === 'stumbled' ? 'away' : found;
      });
      if (answer === undefined || answer === 'away') return 'away';
      decisions.set(key, answer);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  function decide(request: ValidateCodeRequest): Promise<Decision | 'away'> {
    const key = JSON.stringify(request);
    const cached = decisions.get(key);
    if (cached !== undefined) return Promise.resolve(cached);
    const shared = inFlight.get(key);
    if (shared) return shared;
    if (circuit.isOpen()) return Promise.resolve('away');
    const pending = fetchDecision(key, request).finally(() => inFlight.delete(key));
    inFlight.set(key, pending);
    return pending;
  }

  /** A code that does not exist in its system is in no value set, not even in one that the server does not have. */
  async function decideCode(question: Question, bound: Question['codings'][number]): Promise<Answer> {
    const coding = withSystem(question, bound);
    const request = isDisclosable(coding) ? valueSetRequest(question, coding) : undefined;
    if (!request) return undefined;
    const found = await decide(request);
    if (found !== 'unknown' || request.operation === 'CodeSystem') return found;
    const exists = await decide(codeSystemRequest(coding));
    return exists === true ? 'unknown' : exists;
  }

  return {
    ask: async (question) => combinedAnswer(await Promise.all(question.codings.map((it) => decideCode(question, it)))),
    watch: (callback) => {
      notify = callback;
    },
    close: () => server.close(),
  };
}

/** True when one coding is in the set; false only when all are outside. */
function combinedAnswer(answers: readonly Answer[]): Answer {
  if (answers.includes(true)) return true;
  for (const open of ['away', 'unknown', undefined] as const) if (answers.includes(open)) return open;
  return answers.length > 0 ? false : undefined;
}
