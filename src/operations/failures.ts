import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { FailureGroup, Store } from '../store/port.ts';
import { type Acting, operatorEvent, reasonIssues } from './acting.ts';

/** What operators know of a cause. `open`: nobody has seen it, or it failed again after it was closed. */
export type FailureState = 'open' | 'acknowledged' | 'closed';

export type Failure = FailureGroup & {
  readonly state: FailureState;
  /** Who finds out. */
  readonly owner?: string;
  /** Latest last. */
  readonly acts: readonly FailureAct[];
};

export type FailureAct = {
  readonly act: 'acknowledge' | 'own' | 'close';
  readonly at: string;
  readonly by: string;
  readonly note?: string;
};

type Note = { readonly acts: readonly FailureAct[]; readonly owner?: string };

/** Undelivered dispatches by cause, over partners or of one of them; most first. */
export async function failures(
  store: Pick<Store, 'failureGroups' | 'failureNotes'>,
  partner?: string,
): Promise<readonly Failure[]> {
  const [groups, notes] = await Promise.all([store.failureGroups(partner), store.failureNotes()]);
  const noted = new Map(notes.map(({ cause, content }) => [cause, JSON.parse(content) as Note]));
  return groups.map((group) => {
    const { acts = [], owner } = noted.get(group.cause) ?? {};
    return { ...group, state: stateOf(acts, group.latest), ...(owner ? { owner } : {}), acts };
  });
}

function stateOf(acts: readonly FailureAct[], latest: Date): FailureState {
  const closed = acts.findLast(({ act }) => act === 'close');
  const others = acts.filter(({ at }) => !closed || at > closed.at);
  if (closed && others.length === 0) return latest.getTime() > Date.parse(closed.at) ? 'open' : 'closed';
  return others.length ? 'acknowledged' : 'open';
}

/** Acts of one cause that are remembered. */
const mostActs = 50;

export type FailureWish =
  | { readonly act: 'acknowledge' }
  | { readonly act: 'own'; readonly owner: string }
  | { readonly act: 'close'; readonly reason: unknown };

/**
 * Records what an operator does about a cause: it was seen, somebody finds out, or it is solved. Nothing is sent or removed. A
 * closed cause is open again when another delivery fails by it. Issues: `failure-unknown`, `operations-reason-invalid`,
 * `operations-changed`.
 */
export async function noteFailure(acting: Acting, cause: string, wish: FailureWish): Promise<Result<undefined>> {
  const { store, world, by } = acting;
  const words = wish.act === 'close' ? wish.reason : wish.act === 'own' ? `owner ${wish.owner}` : 'acknowledged';
  const wrong = reasonIssues(words);
  if (wrong.length) return failure(...wrong);
  const groups = await store.failureGroups();
  const known = (await store.failureNotes()).find((it) => it.cause === cause);
  if (!known && !groups.some((it) => it.cause === cause)) return failure(issue('failure-unknown', {}));
  const before = known ? (JSON.parse(known.content) as Note) : { acts: [] };
  const act: FailureAct = {
    act: wish.act,
    at: world.now().toISOString(),
    by: by.person?.id ?? by.id,
    ...(wish.act === 'acknowledge' ? {} : { note: String(wish.act === 'own' ? wish.owner : wish.reason).trim() }),
  };
  const owner = wish.act === 'own' ? wish.owner : before.owner;
  const content: Note = { acts: [...before.acts, act].slice(-mostActs), ...(owner ? { owner } : {}) };
  const event = operatorEvent(acting, 'note-failure', { codes: [wish.act, String(words).trim(), cause] });
  const noted = await store.noteFailure(
    { cause, content: JSON.stringify(content), expect: known?.revision ?? 0 },
    { now: world.now(), audit: [event] },
  );
  return noted ? success(undefined) : failure(issue('operations-changed', {}));
}
