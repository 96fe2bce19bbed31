import { randomBytes } from 'node:crypto';
import type { PeopleSettings } from '../../directory/index.ts';
import type { Store } from '../../store/port.ts';
import {
  csrfTokenOf,
  idOfSecret,
  isSecret,
  openContent,
  personHash,
  type SessionContent,
  sealContent,
} from './session-content.ts';

export type SessionStore = Pick<Store, 'addSession' | 'session' | 'changeSession' | 'endSessions' | 'keyFor'>;

/** A session that a cookie opened. */
export type OpenSession = {
  readonly secret: string;
  readonly content: SessionContent;
  readonly revision: number;
  readonly idleUntil: Date;
  readonly ends: Date;
  readonly csrfToken: string;
};

export type Sessions = {
  /** Begins a session under a new secret, for its cookie, and ends that of the cookie which the browser had before (fixation). */
  readonly start: (
    content: SessionContent,
    it: { readonly providerSession?: string; readonly before?: string | undefined; readonly now: Date },
  ) => Promise<{ readonly secret: string; readonly ends: Date }>;
  /** Undefined when it has ended, was never there, or is older than the configuration permits now. */
  readonly open: (secret: string, now: Date) => Promise<OpenSession | undefined>;
  /** False when it ended, or was changed by another request. */
  readonly change: (session: OpenSession, content: SessionContent) => Promise<boolean>;
  readonly end: (secret: string) => Promise<void>;
  /** Ends all sessions of a person or of a session at the provider. */
  readonly endOf: (which: {
    readonly issuer: string;
    readonly subject?: string;
    readonly session?: string;
  }) => Promise<number>;
};

/** How often the time without requests is written down (ms): not with each request. */
const noteEvery = 60_000;

/** Sessions in the store (docs/decisions/0021-people.md): every gateway on it knows them, also after a restart, and one can be ended at once. */
export function sessionsIn(store: SessionStore, times: () => PeopleSettings['sessions'] | undefined): Sessions {
  const keyFor = (purpose: string) => store.keyFor(purpose);
  const end = async (secret: string) => {
    if (isSecret(secret)) await store.endSessions({ id: idOfSecret(secret) });
  };
  return {
    start: async (content, { providerSession, before, now }) => {
      const { idle, longest } = times() ?? { idle: 0, longest: 0 };
      const secret = randomBytes(32).toString('base64url');
      if (before) await end(before);
      const ends = new Date(now.getTime() + longest);
      await store.addSession(
        {
          id: idOfSecret(secret),
          person: personHash(content.issuer, content.subject, keyFor),
          ...(providerSession ? { provider: personHash(content.issuer, `sid ${providerSession}`, keyFor) } : {}),
          content: sealContent(secret, content, keyFor),
          revision: 1,
          idleUntil: new Date(now.getTime() + idle),
          ends,
        },
        now,
      );
      return { secret, ends };
    },
    open: async (secret, now) => {
      const limits = times();
      if (!limits || !isSecret(secret)) return undefined;
      const stored = await store.session(idOfSecret(secret), now);
      const content = stored && openContent(secret, stored.content, keyFor);
      if (!stored || !content || content.since + limits.longest <= now.getTime()) return undefined;
      const open = { secret, content, ends: stored.ends, csrfToken: csrfTokenOf(secret, keyFor) };
      const idleUntil = new Date(now.getTime() + limits.idle);
      if (Math.abs(idleUntil.getTime() - stored.idleUntil.getTime()) < noteEvery)
        return { ...open, revision: stored.revision, idleUntil: stored.idleUntil };
      const { id, revision } = stored;
      // a store that cannot be written ends no session
      const noted = store.changeSession(id, { expect: revision, content: stored.content, idleUntil });
      const isNoted = await noted.catch(() => false);
      return { ...open, revision: isNoted ? revision + 1 : revision, idleUntil };
    },
    change: ({ secret, revision, idleUntil }, content) =>
      store.changeSession(idOfSecret(secret), {
        expect: revision,
        content: sealContent(secret, content, keyFor),
        idleUntil,
      }),
    end,
    endOf: ({ issuer, subject, session }) =>
      store.endSessions(
        session === undefined
          ? { person: personHash(issuer, subject ?? '', keyFor) }
          : { provider: personHash(issuer, `sid ${session}`, keyFor) },
      ),
  };
}
