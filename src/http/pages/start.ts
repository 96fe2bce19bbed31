import type { Context } from 'hono';
import { mayPartner } from '../../access/decide/index.ts';
import type { Caller } from '../../access/index.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import type { OperatorView } from '../../pages/start/operator.ts';
import { startPage, startTitle } from '../../pages/start/page.ts';
import { silentList } from '../../watchdog/index.ts';
import type { ReadOutcome } from '../reader.ts';
import { forPage, type PageInfo, replyPage } from './page.ts';

/** GET /: for an operator what needs somebody now; for everybody what can be done here. */
export const showStart = (gateway: Gateway, context: Context, info: PageInfo): Promise<Response> =>
  forPage(gateway, context, info, 'console', async (caller, page): Promise<ReadOutcome> => {
    const { view, frame } = page;
    const operator = await operatorView(gateway, caller);
    const content = startPage(view, frame.reader?.pages ?? [], operator);
    const issuer = info.people.provider?.settings.issuer;
    const response = await replyPage(context, page, { title: startTitle(view), current: 'start', content }, { issuer });
    return { kind: 'shown', response, references: operator?.late.map(({ task }) => task) ?? [] };
  });

/** How long Tasks are looked at for one page (ms): with very many, those that changed longest ago are shown. */
const patience = 120;

/** Undefined for who may not see both: Tasks past their deadline, and counts of deliveries. */
async function operatorView(gateway: Gateway, caller: Caller): Promise<OperatorView | undefined> {
  const { network, world } = gateway;
  const may = (['silent', 'count-deliveries'] as const).every(
    (action) => mayPartner(network, caller, action, ['operation', 'unread']).decision,
  );
  if (!may) return undefined;
  const now = world.now();
  const since = performance.now();
  let isCut = false;
  const isStopped = () => {
    isCut ||= performance.now() - since > patience;
    return isCut;
  };
  const silent = await silentList(gateway, now, isStopped);
  const depth = await gateway.store.depth();
  const byId = new Map(depth.recipients.map((it) => [it.recipient, it]));
  return {
    late: silent.map(({ passed, ...it }) => ({
      ...it,
      due: new Date(Math.min(...passed.map(({ due }) => due.getTime()))),
      isRaised: passed.every(({ raised }) => raised),
    })),
    partners: [...network.partners.values()]
      .filter((it) => it.channel === 'fhir-rest' || byId.has(it.id))
      .map(({ id, name, domain }) => {
        const { waiting = 0, failures = 0, oldest } = byId.get(id) ?? {};
        return {
          name,
          domain,
          waiting,
          failures,
          ...(oldest ? { oldest } : {}),
        };
      })
      .toSorted((one, other) => other.failures - one.failures || other.waiting - one.waiting),
    isCut,
    dead: depth.dead,
    sources: network.directory.sources.map(({ source, heardAt }) => ({
      name: source,
      ...(heardAt ? { heardAt: new Date(heardAt) } : {}),
    })),
    configuration: gateway.configuration,
    now,
    timezone: network.settings.timezone,
  };
}
