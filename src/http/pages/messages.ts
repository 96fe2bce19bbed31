import type { Context } from 'hono';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { catalogue } from '../../fhir/catalogue/index.ts';
import { findMessages, type MessageQuery, type MessageState, messageStates } from '../../operations/index.ts';
import { type MessageSearch, messagesPage, messagesTitle } from '../../pages/messages/page.ts';
import type { ReadOutcome } from '../reader.ts';
import { forPage, type PageInfo, replyPage } from './page.ts';

const pageSize = 50;
const day = 86_400_000;

/** GET /messages: messages and what became of them, for an operator; what is searched stands in the address. */
export const showMessages = (gateway: Gateway, context: Context, info: PageInfo): Promise<Response> =>
  forPage(gateway, context, info, 'messages', async (_caller, page): Promise<ReadOutcome> => {
    const search = searchIn(context);
    const now = gateway.world.now();
    const found = await findMessages(gateway.store, queryOf(search, context.req.query('cursor'), now), now);
    if (!found.ok) return { kind: 'refused', issues: found.issues };
    const { items: rows, next } = found.value;
    const { partners, settings } = gateway.network;
    const content = messagesPage(page.view, { rows, next, search, partners, timezone: settings.timezone });
    const title = messagesTitle(page.view);
    const response = await replyPage(context, page, { title, current: 'messages', content });
    return { kind: 'shown', response, references: [] };
  });

function searchIn(context: Context): MessageSearch {
  const text = (name: string, other = '') => (context.req.query(name) ?? other).trim().slice(0, 200);
  return {
    q: text('q'),
    partner: text('partner'),
    state: text('state'),
    days: /^\d{0,4}$/.test(text('days', '7')) ? text('days', '7') : '7',
    open: text('open'),
  };
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One box for what an operator has at hand: a code, a trace, or a number of an order. */
function queryOf({ q, partner, state, days }: MessageSearch, cursor: string | undefined, now: Date): MessageQuery {
  const isState = messageStates.includes(state as MessageState);
  const asked = q === '' ? {} : Object.hasOwn(catalogue, q) ? { code: q } : uuid.test(q) ? { trace: q } : { order: q };
  return {
    count: pageSize,
    ...asked,
    ...(partner === '' ? {} : { sender: partner }),
    ...(isState ? { state: state as MessageState } : {}),
    ...(days === '' ? {} : { since: new Date(now.getTime() - Number(days) * day) }),
    ...(cursor ? { cursor } : {}),
  };
}
