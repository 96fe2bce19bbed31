/**
 * A consent source outside the gateway (toestemmingsvoorziening), asked a closed question: may this recipient have data of
 * this person? The question and its answer have the form of the AuthZEN Access Evaluation API
 * (https://openid.net/specs/authorization-api-1_0.html). An adapter translates it for a source that speaks otherwise, such
 * as Mitz.
 */
import type { ConsentQuestion, Grounds, OutsideAnswer, OutsideConsent } from '../disclosure/index.ts';
import { identifierSystems } from '../fhir/identifier.ts';
import { type AddressRules, openClient } from '../outbound/client.ts';
import type { ConsentSourceSettings } from './settings.ts';

export { type ConsentSourceFile, type ConsentSourceSettings, consentSourceSettings } from './settings.ts';

/** What decides whether data may be disclosed at all. */
export type Permitting = {
  /** The legal bases (grondslagen) of the network. */
  readonly grounds: Grounds;
  /** Asked before a decision. */
  readonly consentSource: ConsentSource;
  /** Its answers to the questions of the decision at hand. */
  readonly outside?: OutsideConsent;
};

export type ConsentSource = {
  /**
   * Never rejects. No answer in time, an answer that is not understood, and a person without BSN are undecided. Nothing is
   * cached: what a person withdraws has effect at the next question.
   */
  readonly ask: (question: ConsentQuestion) => Promise<OutsideAnswer>;
  readonly close: () => Promise<void>;
};

/** For a network without consent source. */
export const noConsentSource: ConsentSource = { ask: async () => 'undecided', close: async () => {} };

/** Of a dry run outside a gateway, which asks nobody: what it shows is what happens where the source permits. */
export const assumedConsent: ConsentSource = { ask: async () => 'permit', close: async () => {} };

/** An answer takes some hundred bytes. */
const maximumAnswer = 64 * 1024;

/** Nothing is sent before the first question. `rules`: addresses to which it may connect. */
export function openConsentSource(
  settings: ConsentSourceSettings,
  rules: () => AddressRules | undefined,
): ConsentSource {
  const { url, tokenFrom, timeout, maxConcurrent } = settings;
  const client = openClient({ rules, timeout, connections: maxConcurrent });
  const limits = { timeout, limit: maximumAnswer, cut: new AbortController().signal };
  let asked = 0;
  return {
    ask: async (question) => {
      const body = evaluationOf(question);
      if (!body) return 'undecided';
      if (asked >= maxConcurrent) return 'away';
      asked++;
      try {
        const token = tokenFrom ? process.env[tokenFrom] : undefined;
        const headers = {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        };
        const answer = await client.request(url, { method: 'POST', headers, body: JSON.stringify(body) }, limits);
        return answer.status === 200 && answer.isComplete ? answerIn(answer.text) : 'away';
      } catch {
        return 'away';
      } finally {
        asked--;
      }
    },
    close: client.close,
  };
}

/** The question; undefined for a person whom the source cannot know. */
export function evaluationOf({ person, recipient, legalBasis, lifeDomains }: ConsentQuestion): object | undefined {
  const bsn = person.find(({ system }) => system === identifierSystems.bsn)?.value;
  if (!bsn) return undefined;
  const [identifier] = recipient.identifiers.filter(({ system, value }) => system && value);
  return {
    subject: {
      type: 'organization',
      id: identifier ? `${identifier.system}|${identifier.value}` : recipient.partner,
      properties: { domain: recipient.domain },
    },
    action: { name: 'disclose' },
    resource: { type: 'patient', id: `${identifierSystems.bsn}|${bsn}` },
    context: { legalBasis, lifeDomains },
  };
}

/** `decision` true permits and false denies, unless `context.outcome` is `undecided`. Anything else is undecided. */
export function answerIn(text: string): OutsideAnswer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return 'undecided';
  }
  if (typeof answer !== 'object' || answer === null) return 'undecided';
  const { decision, context } = answer as { readonly decision?: unknown; readonly context?: { outcome?: unknown } };
  if (typeof decision !== 'boolean' || context?.outcome === 'undecided') return 'undecided';
  return decision ? 'permit' : 'deny';
}
