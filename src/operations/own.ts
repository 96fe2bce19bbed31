import { deadLetter, deadLetters } from '../delivery/operator/dead-letters.ts';
import { addressesOf, type Network, type Partner } from '../directory/index.ts';
import { mgnNaming } from '../fhir/canonical.ts';
import { catalogue } from '../fhir/catalogue/index.ts';
import { issue } from '../fhir/issue.ts';
import { writeJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { Store } from '../store/port.ts';
import { type Acting, operatorEvent } from './acting.ts';
import { partnerLines } from './partners.ts';
import { contentOf, type Replay, replayOf } from './replay/content.ts';
import { startReplay } from './replay/manage.ts';

/** What a partner may see and do for itself. Each function takes the id of the partner that asks, and nothing of another. */

/** How deliveries to it fare: counts and times. */
export async function ownHealth(store: Store, partner: string) {
  const line = (await partnerLines(store)).find((it) => it.partner === partner);
  const groups = await store.failureGroups(partner);
  const { waiting = 0, failures = 0, oldest, pausedUntil, held } = line ?? {};
  return {
    partner,
    state: held ? 'on hold' : failures > 0 ? 'failing' : groups.length ? 'failed deliveries' : 'well',
    waiting,
    failedAttempts: failures,
    givenUp: groups.reduce((sum, it) => sum + it.dead, 0),
    setAside: groups.reduce((sum, it) => sum + it.aside, 0),
    ...(oldest ? { oldest } : {}),
    ...(pausedUntil ? { pausedUntil } : {}),
    ...(held ? { onHold: { since: held.since, reason: held.reason } } : {}),
  };
}

/** The remedy of a reason in words, by the catalogue; its placeholders have no value here. */
function remedyOf(because: string | undefined): { readonly en: string; readonly nl: string } | undefined {
  const [code = ''] = because?.split(':', 1) ?? [];
  if (!Object.hasOwn(catalogue, code)) return undefined;
  const { en, nl } = catalogue[code as keyof typeof catalogue];
  const detail = because?.slice(code.length + 2) ?? '';
  const filled = (text: string) => text.replaceAll('{detail}', detail).replace(/ ?\(?\{\w+\}\)?/g, '');
  return { en: filled(en), nl: filled(nl) };
}

/** What failed to reach it, oldest first, each with its reason. */
export async function ownFailures(
  store: Store,
  partner: string,
  page: { readonly cursor?: string; readonly count: number },
) {
  const { items, next } = await deadLetters(store, { partner, ...page });
  return {
    failures: items.map(({ partner: _, ...it }) => {
      const remedy = remedyOf(it.because);
      return { ...it, ...(remedy ? { remedy } : {}) };
    }),
    ...(next ? { next } : {}),
  };
}

/** One delivery to it with its attempts; undefined for that of another. */
export async function ownDelivery(store: Store, partner: string, id: string) {
  const found = await deadLetter(store, id);
  return found?.partner === partner ? found : undefined;
}

/** Where it is reached and how it logs in, by the configuration in force. No secret, and no name of one. */
export function ownEndpoint(network: Network, { id, tokens, logins, certificates, channel }: Partner, now: Date) {
  return {
    partner: id,
    channel,
    addresses: addressesOf(network, id),
    logins: logins.map((it) => ({
      kind: it.kind,
      clientId: it.clientId,
      scopes: it.scopes,
      ...(it.kind === 'backend-services'
        ? 'url' in it.keys
          ? { keysAt: it.keys.url }
          : { keys: it.keys.inline.map(({ kid }) => kid) }
        : {}),
    })),
    certificates: certificates ?? [],
    tokens: tokens.map(({ expires, comment }) => ({
      comment,
      ...(expires ? { expires, days: Math.floor((Date.parse(expires) - now.getTime()) / 86_400_000) } : {}),
    })),
  };
}

/** The names of its replays: those of another partner are not found. */
const nameOf = (partner: string, at: Date): string =>
  `own-${partner.slice(0, 38)}-${at.toISOString().slice(0, 19).replace(/\D/g, '')}`;

/**
 * Sends again what was given up for it since a time; judged as any replay. Issue: `operations-request-invalid`, or those of a
 * replay.
 */
export function replayOwn(acting: Acting, partner: string, since: unknown): Promise<Result<Replay>> | Result<Replay> {
  if (typeof since !== 'string' || Number.isNaN(Date.parse(since)))
    return failure(issue('operations-request-invalid', { problem: 'since: an instant, such as 2026-11-30T09:00:00Z' }));
  return startReplay(acting, {
    name: nameOf(partner, acting.world.now()),
    of: 'deliveries',
    as: 'ran',
    dryRun: false,
    reason: 'requested by the partner itself',
    filter: { recipients: [partner], states: ['dead'], since },
  });
}

/** How far a replay of its own is. */
export async function ownReplay(store: Store, partner: string, name: string): Promise<Replay | undefined> {
  const stored = await store.replay(name);
  const recipients = stored && contentOf(stored).filter.recipients;
  const isOwn = name.startsWith('own-') && recipients?.length === 1 && recipients[0] === partner;
  return stored && isOwn ? replayOf(store, stored) : undefined;
}

/** A test message in an hour: it is for a partner who looks at its log, not a load test. */
const testsPerHour = 20;

/**
 * Sends a message of no person to the partner, by its channel: a transaction with one resource that is marked as a test. Returns
 * the id of its delivery. Issue: `operations-request-invalid` without a system, or after too many.
 */
export async function sendTest(
  acting: Acting,
  network: Network,
  { id: partner, channel }: Partner,
): Promise<Result<{ readonly delivery: string }>> {
  if (channel !== 'fhir-rest')
    return failure(issue('operations-request-invalid', { problem: 'this partner has no FHIR system that is sent to' }));
  const { store, world } = acting;
  const now = world.now();
  const recent = await store.dispatches({
    recipient: partner,
    traceId: `test-${partner}-${hourOf(now)}`,
    count: testsPerHour,
  });
  if (recent.items.length >= testsPerHour)
    return failure(issue('operations-request-invalid', { problem: `at most ${testsPerHour} test messages an hour` }));
  const delivery = world.newId();
  await store.commit({
    now,
    dispatches: [
      {
        id: delivery,
        recipient: partner,
        channel: 'fhir-rest',
        kind: 'test',
        body: writeJson(testMessage(delivery, network.name) as Resource),
        contentType: 'application/fhir+json',
        requestId: world.newId(),
        traceId: `test-${partner}-${hourOf(now)}`,
      },
    ],
    audit: [operatorEvent(acting, 'test-message', { codes: [delivery], recipient: { id: partner, name: partner } })],
  });
  return success({ delivery });
}

const hourOf = (now: Date): string => now.toISOString().slice(0, 13);

const testMessage = (id: string, network: string): object => {
  const system = mgnNaming('test-message');
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        resource: {
          resourceType: 'Basic',
          meta: {
            security: [
              {
                system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
                code: 'HTEST',
                display: 'test health data',
              },
            ],
          },
          identifier: [{ system, value: id }],
          code: { text: `Test message of ${network}; it is about nobody` },
        },
        request: { method: 'POST', url: 'Basic', ifNoneExist: `identifier=${system}|${id}` },
      },
    ],
  };
};
