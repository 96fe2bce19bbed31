import { hkdfSync } from 'node:crypto';
import type { Store, StoredDraft } from '../../store/port.ts';
import { seal, unseal } from './box.ts';
import { personHash } from './session-content.ts';

export type DraftStore = Pick<Store, 'addDraft' | 'draft' | 'draftsOf' | 'changeDraft' | 'removeDraft' | 'keyFor'>;

/** Whose draft it is: a person at its provider, acting for one partner. */
export type DraftHolder = { readonly issuer: string; readonly subject: string; readonly partner: string };

/** What was typed, by the name of the field. */
export type DraftValues = Readonly<Record<string, readonly string[]>>;

/** A form that somebody began (docs/decisions/0022-drafts.md). */
export type Draft = {
  readonly id: string;
  readonly form: string;
  readonly values: DraftValues;
  /** Id of the Task that it became, once it was sent: then its values are gone. */
  readonly sent?: string;
  readonly changedAt: Date;
  readonly ends: Date;
};

export type Drafts = {
  /** False when the holder has too many. A draft with this id that the holder has already stays as it is. */
  readonly begin: (holder: DraftHolder, it: Pick<Draft, 'id' | 'form' | 'values'>, now: Date) => Promise<boolean>;
  /** Undefined when the holder has none with this id, or it has ended. */
  readonly open: (holder: DraftHolder, id: string, now: Date) => Promise<Draft | undefined>;
  /** Those of one form that were not sent, the last changed first. */
  readonly all: (holder: DraftHolder, form: string, now: Date) => Promise<readonly Draft[]>;
  /** Changes values, others stay; undefined when it is not there any more. */
  readonly change: (
    holder: DraftHolder,
    id: string,
    change: (values: DraftValues) => DraftValues,
    now: Date,
  ) => Promise<Draft | undefined>;
  /** Forgets what was typed, and remembers which Task it became. */
  readonly markSent: (holder: DraftHolder, id: string, task: string, now: Date) => Promise<void>;
  readonly remove: (holder: DraftHolder, id: string) => Promise<boolean>;
};

/** Days after the last change; a draft that was sent is remembered so long too, without its values. */
export const draftDays = 7;

/** Drafts of one person for one partner. */
export const mostDrafts = 30;

const dayMilliseconds = 24 * 3600 * 1000;

/** Other tabs may save at the same time: each merges what it changed into what is there. */
const mostAttempts = 5;

type Content = { readonly values: DraftValues; readonly sent?: string };

/** Drafts in the store, each sealed under a key of its holder: the store alone, or another person, opens none. */
export function draftsIn(store: DraftStore): Drafts {
  const keyFor = (purpose: string) => store.keyFor(purpose);
  const hashOf = ({ issuer, subject, partner }: DraftHolder) =>
    personHash(issuer, JSON.stringify(['draft', subject, partner]), keyFor);
  const keyOf = ({ issuer, subject, partner }: DraftHolder): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', keyFor('draft'), JSON.stringify([issuer, subject, partner]), 'draft', 32));
  const sealed = (holder: DraftHolder, id: string, content: Content) => seal(keyOf(holder), `draft ${id}`, content);
  const opened = (holder: DraftHolder, { id, form, content, changedAt, ends }: StoredDraft): Draft | undefined => {
    const found = unseal(keyOf(holder), `draft ${id}`, content) as Content | undefined;
    return found && { id, form, ...found, changedAt, ends };
  };
  const endOf = (now: Date) => new Date(now.getTime() + draftDays * dayMilliseconds);
  const rewrite = async (
    holder: DraftHolder,
    id: string,
    change: (content: Content) => Content,
    now: Date,
  ): Promise<Draft | undefined> => {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const stored = await store.draft(id, hashOf(holder), now);
      const draft = stored && opened(holder, stored);
      if (!stored || !draft) return undefined;
      const content = change({ values: draft.values, ...(draft.sent ? { sent: draft.sent } : {}) });
      const ends = endOf(now);
      const isChanged = await store.changeDraft(id, hashOf(holder), {
        expect: stored.revision,
        content: sealed(holder, id, content),
        changedAt: now,
        ends,
      });
      if (isChanged) return { id, form: draft.form, ...content, changedAt: now, ends };
    }
    return undefined;
  };
  return {
    begin: (holder, { id, form, values }, now) =>
      store.addDraft(
        {
          id,
          holder: hashOf(holder),
          form,
          content: sealed(holder, id, { values }),
          revision: 1,
          changedAt: now,
          ends: endOf(now),
        },
        { now, most: mostDrafts },
      ),
    open: async (holder, id, now) => {
      const stored = await store.draft(id, hashOf(holder), now);
      return stored && opened(holder, stored);
    },
    all: async (holder, form, now) =>
      (await store.draftsOf(hashOf(holder), now)).flatMap((it) => {
        const draft = it.form === form ? opened(holder, it) : undefined;
        return draft && draft.sent === undefined ? draft : [];
      }),
    change: (holder, id, change, now) =>
      rewrite(holder, id, (it) => (it.sent ? it : { ...it, values: change(it.values) }), now),
    markSent: async (holder, id, task, now) => {
      await rewrite(holder, id, () => ({ values: {}, sent: task }), now);
    },
    remove: (holder, id) => store.removeDraft(id, hashOf(holder)),
  };
}
