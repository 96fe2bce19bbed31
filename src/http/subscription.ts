import type { Context } from 'hono';
import { mayPartner } from '../access/decide/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { issue } from '../fhir/issue.ts';
import type { Resource } from '../fhir/resource.ts';
import { eventsBundle, renew, statusSearchset, subscribe } from '../notification/index.ts';
import type { StoredSubscription } from '../store/port.ts';
import { subscriptionResource } from '../subscription/index.ts';
import { collectionPage } from './collection-search.ts';
import { envelopeOf } from './envelope.ts';
import { forReader } from './reader.ts';
import { reply, replyAnswer, replyWritten } from './reply.ts';

/** POST /fhir/Subscription: 201 with the Subscription as `requested`; the handshake follows. */
export async function createSubscription(gateway: Gateway, context: Context): Promise<Response> {
  const { baseUrl, limits } = gateway.network.settings;
  const answer = await subscribe(gateway, envelopeOf(context, limits.bodyBytes));
  if (answer.kind === 'refused') return replyAnswer(context, answer, baseUrl);
  const { body, location, version } = answer;
  const headers = { Location: `${baseUrl}/${location}/_history/${version}`, ETag: `W/"${version}"` };
  return replyWritten(context, body, 201, headers);
}

/** PUT Subscription/[id]: renews or ends a Subscription of the partner, with If-Match. */
export async function updateSubscription(gateway: Gateway, context: Context): Promise<Response> {
  const { baseUrl, limits } = gateway.network.settings;
  const target = { id: context.req.param('id') ?? '', ifMatch: context.req.header('if-match') };
  return replyAnswer(context, await renew(gateway, envelopeOf(context, limits.bodyBytes), target), baseUrl);
}

/** Answers about a Subscription of the partner itself; 404 for that of another partner. */
const own = (
  gateway: Gateway,
  context: Context,
  interaction: string,
  show: (it: StoredSubscription) => Promise<Resource> | Resource,
) =>
  forReader(gateway, context, interaction, async (partner) => {
    const found = await gateway.store.subscription(context.req.param('id') ?? '', partner.id);
    const relation = found?.partner === partner.id ? 'own' : 'none';
    const decided = mayPartner(gateway.network, partner, actionOf(interaction), ['subscription', relation]);
    if (!found || !decided.decision) return { kind: 'refused', issues: [issue('not-found', {})] };
    const shown = await show(found);
    const etag = interaction === 'read' ? { ETag: `W/"${found.version}"` } : {};
    return { kind: 'shown', response: reply(context, shown, 200, etag), references: [`Subscription/${found.id}`] };
  });

const actionOf = (interaction: string) => interaction as 'read' | 'subscription-status' | 'subscription-events';

export const readSubscription = (gateway: Gateway, context: Context) =>
  own(gateway, context, 'read', subscriptionResource);

/** Subscription/[id]/$status (https://hl7.org/fhir/uv/subscriptions-backport/STU1.1). */
export const statusOfSubscription = (gateway: Gateway, context: Context) =>
  own(gateway, context, 'subscription-status', (it) => statusSearchset(gateway, it));

/** Subscription/[id]/$events (https://hl7.org/fhir/uv/subscriptions-backport/STU1.1). */
export const eventsOfSubscription = (gateway: Gateway, context: Context) => {
  const since = numberOf(context.req.query('eventsSinceNumber')) ?? 1;
  const until = numberOf(context.req.query('eventsUntilNumber')) ?? Number.MAX_SAFE_INTEGER;
  return own(gateway, context, 'subscription-events', (it) => eventsBundle(gateway, it, { since, until }));
};

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** The Subscriptions of the partner, also those that have ended. */
export const searchSubscriptions = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'search-type', async ({ id: partner }) => {
    const found = await gateway.store.subscriptions({ partner });
    const resources = found.map((it) => ({ ...subscriptionResource(it), id: it.id }));
    const bundle = collectionPage(context, gateway.network.settings.baseUrl, 'Subscription', resources);
    if (!bundle.ok) return { kind: 'refused', issues: bundle.issues };
    const references = (bundle.value.entry ?? []).flatMap(({ resource }) =>
      resource?.resourceType === 'Subscription' ? `Subscription/${resource.id}` : [],
    );
    return { kind: 'shown', response: reply(context, bundle.value, 200), references };
  });
