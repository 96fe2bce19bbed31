import type { Scopes } from '../../access/index.ts';
import { isError } from '../../fhir/issue.ts';
import type { Answer } from '../pipeline/answer.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Received } from '../reading/envelope.ts';

/** What of a refused request decides how its body is read. */
export type RefusedEnvelope = Pick<Received, 'asMessage' | 'intake'> & {
  /** Digest of its target and body. */
  readonly digest: string;
  /** Those of the token with which it was sent. */
  readonly scopes?: Scopes;
};

const day = 86_400_000;

/** Refused for now: the sender sends it again by itself, or did before. */
const passing: ReadonlySet<string> = new Set(['overloaded', 'duplicate', 'store-unavailable', 'version-stale']);

/**
 * Retains the body of a refused message for the days that the network configures, so that an operator can replay it after the
 * cause is corrected. Nothing without that setting. A store that takes nothing does not change the answer.
 */
export async function retainRefused(gateway: Gateway, received: Received, answer: Answer): Promise<void> {
  const { refusedDays } = gateway.network.settings.retention;
  if (!refusedDays || answer.kind === 'accepted' || received.pulled) return;
  const codes = [...new Set(answer.issues.filter(isError).map(({ rule }) => rule))];
  if (codes.length === 0 || codes.some((it) => passing.has(it))) return;
  const { partner, requestId, traceId, contentType, body, bodyDigest, asMessage, intake, at } = received;
  const envelope: RefusedEnvelope = {
    digest: bodyDigest,
    ...(asMessage ? { asMessage } : {}),
    ...(intake ? { intake } : {}),
    ...(partner.scopes ? { scopes: partner.scopes } : {}),
  };
  try {
    await gateway.store.retainRefused(
      {
        id: gateway.world.newId(),
        partner: partner.id,
        requestId,
        traceId,
        receivedAt: at,
        codes: codes.slice(0, mostCodes),
        contentType,
        configuration: gateway.configuration,
        envelope: JSON.stringify(envelope),
        body: Uint8Array.from(body),
      },
      new Date(at.getTime() + refusedDays * day),
    );
  } catch (fault) {
    gateway.report(fault, 'store');
  }
}

const mostCodes = 20;
