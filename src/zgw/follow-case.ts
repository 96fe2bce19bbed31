import type { Task } from '@medplum/fhirtypes';
import type { AttemptResult } from '../delivery/channel/channel.ts';
import type { Zaak } from '../delivery/channel/zgw/case.ts';
import type { ZgwApi } from '../delivery/channel/zgw/client.ts';
import { findZaak, isZaak, numberOf, unreadable } from '../delivery/channel/zgw/find.ts';
import type { Zaaktype, ZgwTarget } from '../delivery/channel/zgw/settings.ts';
import type { ZgwClient } from '../delivery/channel/zgw/zgw.ts';
import type { ChannelHandler } from '../delivery/settings.ts';
import type { Partner } from '../directory/index.ts';
import { ownerOf } from '../exchange/memory/actors.ts';
import { orderGraphOf } from '../exchange/memory/journey.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Dispatch } from '../store/port.ts';
import { verbOf } from '../vocabulary/task-verb.ts';
import { isOpen } from '../workflow/index.ts';
import { moveTask } from './move.ts';
import type { ZgwRead } from './notice.ts';
import { oneAtATime } from './reads.ts';
import { stepsTo } from './steps.ts';

/**
 * Reads a zaak at its municipality, and moves the Task of its request to where the zaak is. Only the current state is read,
 * so notifications may repeat, come late or in another order.
 */
export function zgwStatusHandler(gateway: () => Gateway, client: ZgwClient): ChannelHandler {
  const inTurn = oneAtATime();
  return async (dispatch, { destination, token }, _, cut) => {
    const it = gateway();
    const partner = it.network.partners.get(dispatch.recipient);
    if (!partner || destination?.kind !== 'zgw' || token === undefined)
      return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
    const api = client.at({ settings: destination, secret: token, now: it.world.now, cut });
    const following = { gateway: it, partner, dispatch, api };
    const wanted = JSON.parse(dispatch.body) as ZgwRead;
    if ('zaak' in wanted) {
      const { zaak } = wanted;
      const { createdAt } = dispatch;
      const read = async () => followOne(following, await zaakAt(api, zaak));
      return inTurn(`${partner.id} ${zaak}`, { createdAt, now: it.world.now, cut, read });
    }
    // one that is refused or cannot be read holds up no other of the same reading; all that were moved stay where they are when it is repeated
    let refused: AttemptResult | undefined;
    let retry: AttemptResult | undefined;
    for (const number of wanted.numbers) {
      const done = await followOne(following, await findZaak(api, number));
      if (done.kind === 'retry' && (isOfAll(done) || cut.aborted)) return done;
      if (done.kind === 'retry') retry ??= done;
      if (done.kind === 'refused') refused ??= done;
    }
    return retry ?? refused ?? delivered;
  };
}

/** Failures that the next zaak would have too. */
const isOfAll = ({ reason, retryAfter }: Extract<AttemptResult, { readonly kind: 'retry' }>): boolean =>
  retryAfter !== undefined || ofAll.has(reason.rule);

const ofAll: ReadonlySet<string> = new Set([
  ...['receiver-unreachable', 'receiver-credentials-rejected', 'receiver-throttling', 'receiver-address-refused'],
]);

async function followOne(it: Following, read: Read): Promise<AttemptResult> {
  if (read.kind === 'ended') return read.sent;
  const number = read.zaak && numberOf(read.zaak);
  // of somebody else, or gone
  return read.zaak && number !== undefined ? follow(it, read.zaak, number) : delivered;
}

const delivered: AttemptResult = { kind: 'delivered' };

type Read = { readonly kind: 'found'; readonly zaak?: Zaak } | { readonly kind: 'ended'; readonly sent: AttemptResult };

async function zaakAt(api: ZgwApi, url: string): Promise<Read> {
  const read = await api.get(url);
  // one that does not exist is no failure: it was removed, or the notification was forged
  if (read.kind === 'ended') return read.sent.status === 404 || read.sent.status === 410 ? { kind: 'found' } : read;
  return isZaak(read.value) ? { kind: 'found', zaak: read.value } : unreadable();
}

type Following = {
  readonly gateway: Gateway;
  readonly partner: Partner;
  readonly dispatch: Dispatch;
  readonly api: ZgwApi;
};

async function follow(it: Following, zaak: Zaak, number: string): Promise<AttemptResult> {
  const { gateway, partner, api } = it;
  const taskNow = async () => {
    const { tasks } = await orderGraphOf(gateway.store, `ServiceRequest/${number}`);
    return tasks.find((task) => verbOf(task) === 'fulfill' && ownerOf(gateway.network, task) === partner.id);
  };
  const task = await taskNow();
  if (!task || !isOpen(task) || !zaak.status) return delivered;
  const type = api.settings.zaaktypen.find(({ url }) => url === zaak.zaaktype);
  if (!type) return { kind: 'refused', reason: { rule: 'zgw-zaaktype-unknown' } };
  const target = await targetOf(api, zaak, type);
  if (target.kind === 'ended') return target.sent;
  let current: Task & { readonly id: string } = task as Task & { readonly id: string };
  for (const step of stepsTo(current.status, target.target)) {
    const moved = await moveTask(it, current, step);
    if (moved.kind !== 'delivered') return moved;
    current = { ...current, status: step.status };
  }
  return { ...delivered, location: `Task/${current.id}` };
}

type Target =
  | { readonly kind: 'target'; readonly target: ZgwTarget }
  | { readonly kind: 'ended'; readonly sent: AttemptResult };

/** The move that the status of a zaak means, or at its end its result. */
async function targetOf(api: ZgwApi, { status, resultaat }: Zaak, type: Zaaktype): Promise<Target> {
  const statustype = await valueAt(api, status, 'statustype');
  if (statustype.kind === 'ended') return statustype;
  if (type.withdrawn?.statustype === statustype.value) return { kind: 'target', target: { task: 'unchanged' } };
  const target = Object.hasOwn(type.statuses, statustype.value) ? type.statuses[statustype.value] : undefined;
  if (!target) return unmapped;
  if (target.task !== 'completed' || !resultaat || Object.keys(type.results).length === 0)
    return { kind: 'target', target };
  const resultaattype = await valueAt(api, resultaat, 'resultaattype');
  if (resultaattype.kind === 'ended') return resultaattype;
  const result = Object.hasOwn(type.results, resultaattype.value) ? type.results[resultaattype.value] : undefined;
  return result ? { kind: 'target', target: result } : unmapped;
}

const unmapped: Target = { kind: 'ended', sent: { kind: 'refused', reason: { rule: 'zgw-status-unmapped' } } };

type Value =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'ended'; readonly sent: AttemptResult };

async function valueAt(api: ZgwApi, url: string | null | undefined, name: string): Promise<Value> {
  const read = await api.get(url ?? '');
  if (read.kind === 'ended') return read;
  const value = (read.value as Readonly<Record<string, unknown>> | null)?.[name];
  return typeof value === 'string' ? { kind: 'value', value } : unreadable();
}
