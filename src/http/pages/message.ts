import type { Context } from 'hono';
import { mayPartner } from '../../access/decide/index.ts';
import type { Caller } from '../../access/index.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { issue } from '../../fhir/issue.ts';
import { type MessageStory, messageStory } from '../../operations/index.ts';
import { caseFileOf } from '../../pages/message/case-file.ts';
import { messagePage, messageTitle } from '../../pages/message/page.ts';
import { type Turn, turnOf } from '../../watchdog/index.ts';
import type { ReadOutcome } from '../reader.ts';
import { forPage, type PageInfo, replyPage } from './page.ts';

/** Tasks of one message that are looked at. */
const mostTasks = 10;

/** GET /messages/[id]: one message as a picture, for an operator; `as=case` downloads it as a case file. */
export const showMessage = (gateway: Gateway, context: Context, info: PageInfo): Promise<Response> =>
  forPage(gateway, context, info, 'messages', async (caller, page): Promise<ReadOutcome> => {
    const now = gateway.world.now();
    const story = await messageStory(gateway.store, idIn(context), now);
    if (!story) return { kind: 'refused', issues: [issue('not-found', {})] };
    const turns = await turnsOf(gateway, caller, story);
    const references = turns.map(({ task }) => task);
    if (context.req.query('as') === 'case') return { kind: 'shown', response: download(story, turns), references };
    const { partners, settings } = gateway.network;
    const arrow = Number(context.req.query('arrow') ?? 0);
    const content = messagePage(page.view, { story, turns, arrow, partners, now, timezone: settings.timezone });
    const title = messageTitle(page.view);
    const response = await replyPage(context, page, { title, current: 'messages', content });
    return { kind: 'shown', response, references };
  });

/** Ids of the gateway only: the number of a person must not be looked up by an address. */
const idIn = (context: Context): string =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(context.req.param('id') ?? '')?.[0] ?? '-';

/** Empty for who may not see which Tasks wait. */
async function turnsOf(gateway: Gateway, caller: Caller, { deliveries }: MessageStory): Promise<readonly Turn[]> {
  if (!mayPartner(gateway.network, caller, 'silent', ['operation', 'unread']).decision) return [];
  const tasks = [...new Set(deliveries.flatMap(({ task }) => task?.slice('Task/'.length) ?? []))].slice(0, mostTasks);
  const turns: Turn[] = [];
  for (const task of tasks) {
    const turn = await turnOf(gateway, task);
    if (turn) turns.push(turn);
  }
  return turns;
}

const download = (story: MessageStory, turns: readonly Turn[]): Response =>
  new Response(`${JSON.stringify(caseFileOf(story, turns), null, 2)}\n`, {
    headers: {
      'Content-Type': 'application/json',
      'Content-Disposition': `attachment; filename="case-${story.id}.json"`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  });
