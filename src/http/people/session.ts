import type { Context } from 'hono';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import type { PageInfo } from '../pages/page.ts';
import { refusal } from './page.ts';

/** GET /session: who is logged in, with which rights, until when, and the token for requests that change something. */
export async function showSession(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const { people } = info;
  const found = await people.sessionOf(context.req.header('cookie'), gateway.world.now());
  if (!found.ok) return refusal({ gateway, info }, context, found.issues);
  const { partner, person, session } = found.value;
  return context.json({
    person: { id: person.id, ...(person.name === undefined ? {} : { name: person.name }) },
    partner: { id: partner.id, name: partner.name },
    roles: person.roles,
    rights: person.rights,
    ...(person.assurance === undefined ? {} : { assurance: person.assurance }),
    demo: people.provider === undefined,
    since: new Date(session.content.since).toISOString(),
    idleUntil: session.idleUntil.toISOString(),
    ends: session.ends.toISOString(),
    emergencies: person.emergencies.map(({ until, ...it }) => ({ ...it, until: new Date(until).toISOString() })),
    csrfToken: session.csrfToken,
  });
}
