import { failure, type Result, success } from '../../fhir/result.ts';
import { type MessageQuery, type MessageState, messageStates, type ReplayFilter } from '../../operations/index.ts';
import type { DispatchState } from '../../store/port.ts';
import { invalidRequest, type JsonBody } from './acting.ts';

type Query = Readonly<Record<string, string | undefined>>;

const maximumCount = 200;

/** The number of items of a page. */
export function countIn(query: Query): Result<number> {
  const { count = '50' } = query;
  return /^[1-9]\d{0,3}$/.test(count)
    ? success(Math.min(Number(count), maximumCount))
    : failure(invalidRequest('count'));
}

/** The parameters of GET /admin/messages. */
export function messageQueryIn(query: Query): Result<MessageQuery> {
  const known = ['order', 'sender', 'receiver', 'state', 'since', 'until', 'trace', 'code', 'cursor', 'count'];
  const unknown = Object.keys(query).find((it) => !known.includes(it));
  if (unknown !== undefined) return failure(invalidRequest('a parameter that is not known'));
  const count = countIn(query);
  if (!count.ok) return count;
  const { state, since, until, ...texts } = query;
  if (state !== undefined && !messageStates.includes(state as MessageState))
    return failure(invalidRequest(`state: ${messageStates.join(', ')}`));
  const times = [since, until].map((it) => (it === undefined ? undefined : new Date(it)));
  if (times.some((it) => it && Number.isNaN(it.getTime()))) return failure(invalidRequest('since, until'));
  const { count: _, ...others } = texts;
  return success({
    ...others,
    count: count.value,
    ...(state === undefined ? {} : { state: state as MessageState }),
    ...(times[0] ? { since: times[0] } : {}),
    ...(times[1] ? { until: times[1] } : {}),
  } as MessageQuery);
}

const lists = ['ids', 'messages', 'traces', 'recipients', 'senders', 'states', 'codes'] as const;
const states: ReadonlySet<string> = new Set<DispatchState>(['waiting', 'delivered', 'dead', 'skipped', 'withdrawn']);

/** The filter of a replay: lists of texts, and times. */
export function filterIn(filter: unknown): Result<ReplayFilter> {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
    return failure(invalidRequest('filter is required: {} for all'));
  const { since, until, ...rest } = filter as JsonBody;
  for (const [name, list] of Object.entries(rest)) {
    const isList = Array.isArray(list) && list.every((it) => typeof it === 'string');
    if (!lists.includes(name as (typeof lists)[number]) || !isList)
      return failure(invalidRequest(`filter: lists of texts ${lists.join(', ')}; since, until`));
    if (name === 'states' && !list.every((it) => states.has(it)))
      return failure(invalidRequest(`filter.states: ${[...states].join(', ')}`));
  }
  for (const time of [since, until])
    if (time !== undefined && (typeof time !== 'string' || Number.isNaN(Date.parse(time))))
      return failure(invalidRequest('filter.since, filter.until'));
  return success(filter as ReplayFilter);
}
