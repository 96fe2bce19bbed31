import { type BackendServices, type PublicKey, readKeySet } from '../../directory/index.ts';

/** Reads a document of a client; undefined when there is none, it is too large, redirects or takes too long. */
export type ReadDocument = (url: string) => Promise<{ readonly text: string; readonly maxAge?: number } | undefined>;

export type ClientKeys = (
  login: BackendServices,
  kid: string,
  now: Date,
) => Promise<readonly PublicKey[] | 'unavailable'>;

/** Milliseconds. A key that a client withdraws is refused after `longest` at the latest. */
const times = {
  shortest: 60_000,
  longest: 600_000,
  /** Between two attempts for a key that was not found, or after a failure: unauthenticated requests cause them. */
  pause: 60_000,
};

type Cached = { readonly keys: readonly PublicKey[]; readonly until: number };
type Known = { cached?: Cached; attempted: number; running?: Promise<void> };

/**
 * The public keys of a client with this `kid`: those of the configuration, or those that it publishes. A set is read again
 * when it is old, and when a key is not in it (a client that rotates its keys), the latter at most once a minute.
 */
export function clientKeys(read: ReadDocument): ClientKeys {
  const known = new Map<string, Known>();
  return async ({ keys }, kid, now) => {
    if ('inline' in keys) return keys.inline.filter((it) => it.kid === kid);
    const at = now.getTime();
    const state = known.get(keys.url) ?? { attempted: Number.NEGATIVE_INFINITY };
    known.set(keys.url, state);
    const found = () => state.cached?.keys.filter((it) => it.kid === kid) ?? [];
    const isFresh = state.cached !== undefined && at < state.cached.until;
    if (isFresh && found().length > 0) return found();
    if (state.running || at - state.attempted >= times.pause || at < state.attempted) {
      state.running ??= readAgain(read, keys.url, state, at).finally(() => {
        delete state.running;
      });
      await state.running;
    }
    if (state.cached === undefined || at >= state.cached.until) return 'unavailable';
    return found();
  };
}

async function readAgain(read: ReadDocument, url: string, state: Known, at: number): Promise<void> {
  state.attempted = at;
  const document = await read(url).catch(() => undefined);
  const set = document && readKeySet(parsed(document.text));
  if (!set || 'problem' in set) return;
  const age = Math.min(Math.max((document.maxAge ?? 300) * 1000, times.shortest), times.longest);
  state.cached = { keys: set.keys, until: at + age };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
