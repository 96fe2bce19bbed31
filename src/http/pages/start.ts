import type { Context } from 'hono';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { startPage, startTitle } from '../../pages/start/page.ts';
import type { ReadOutcome } from '../reader.ts';
import { forPage, type PageInfo, replyPage } from './page.ts';

/** GET /: what can be done here. */
export const showStart = (gateway: Gateway, context: Context, info: PageInfo): Promise<Response> =>
  forPage(gateway, context, info, 'console', async (_caller, page): Promise<ReadOutcome> => {
    const { view, frame } = page;
    const content = startPage(view, frame.reader?.pages ?? []);
    const issuer = info.people.provider?.settings.issuer;
    const response = await replyPage(context, page, { title: startTitle(view), current: 'start', content }, { issuer });
    return { kind: 'shown', response, references: [] };
  });
