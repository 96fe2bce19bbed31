import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draftDays, draftsIn, mostDrafts } from '../../src/access/index.ts';
import { openStore } from '../../src/main.ts';
import type { Store, StoredDraft } from '../../src/store/port.ts';

const holder = { issuer: 'https://login.example', subject: 'huisarts', partner: 'gp-de-linde' };
const now = new Date('2026-12-01T10:00:00Z');
const later = (days: number) => new Date(now.getTime() + days * 24 * 3600 * 1000);
const values = { 'person.familyName': ['Testpersoon'], lifeDomain: ['finances', 'housing'] };

let store: Store;
beforeAll(async () => {
  const opened = await openStore('sqlite::memory:');
  if (!opened.ok) throw new Error('no store');
  store = opened.value;
});
afterAll(() => store.close());

/** The store as its drafts are written. */
const written = () => {
  const rows: StoredDraft[] = [];
  const drafts = draftsIn({
    ...store,
    addDraft: (draft, limit) => {
      rows.push(draft);
      return store.addDraft(draft, limit);
    },
  });
  return { drafts, rows };
};

describe('a draft of a person', () => {
  test('has nothing readable in the store: neither what was typed nor who typed it', async () => {
    const { drafts, rows } = written();
    const id = crypto.randomUUID();
    await drafts.begin(holder, { id, form: 'registration', values }, now);
    const text = JSON.stringify(rows);
    for (const it of ['Testpersoon', 'finances', 'familyName', 'huisarts', 'gp-de-linde', 'login.example'])
      expect([it, text.includes(it)]).toEqual([it, false]);
    expect(await drafts.open(holder, id, now)).toMatchObject({ id, form: 'registration', values });
  });

  test('is opened by nobody else: another person, the same for another partner, another provider with the same name for the person', async () => {
    const { drafts, rows } = written();
    const id = crypto.randomUUID();
    await drafts.begin(holder, { id, form: 'registration', values }, now);
    for (const other of [
      { ...holder, subject: 'leverancier' },
      { ...holder, partner: 'wijkteam-zonnerveen' },
      { ...holder, issuer: 'https://other.example' },
    ]) {
      expect(await drafts.open(other, id, now)).toBeUndefined();
      expect(await drafts.change(other, id, () => ({}), now)).toBeUndefined();
      expect(await drafts.remove(other, id)).toBe(false);
      // not even where the row of the holder is given for that of the other
      const forged = draftsIn({ ...store, draft: async () => rows[0], draftsOf: async () => rows });
      expect(await forged.open(other, id, now)).toBeUndefined();
      expect(await forged.all(other, 'registration', now)).toEqual([]);
    }
    expect(await drafts.open(holder, id, now)).toBeDefined();
  });

  test('ends so many days after its last change', async () => {
    const { drafts } = written();
    const id = crypto.randomUUID();
    await drafts.begin(holder, { id, form: 'registration', values }, now);
    expect(await drafts.open(holder, id, later(draftDays - 0.01))).toBeDefined();
    expect(await drafts.open(holder, id, later(draftDays))).toBeUndefined();
    await drafts.change(holder, id, (it) => ({ ...it, request: ['Hulp'] }), later(1));
    expect(await drafts.open(holder, id, later(draftDays))).toMatchObject({ values: { ...values, request: ['Hulp'] } });
    expect(await drafts.open(holder, id, later(draftDays + 1))).toBeUndefined();
  });

  test('keeps what two tabs save at the same time, and nothing of it once it was sent', async () => {
    const { drafts } = written();
    const id = crypto.randomUUID();
    await drafts.begin(holder, { id, form: 'registration', values: {} }, now);
    await Promise.all(
      ['a', 'b', 'c'].map((name) => drafts.change(holder, id, (it) => ({ ...it, [name]: [name] }), now)),
    );
    expect((await drafts.open(holder, id, now))?.values).toEqual({ a: ['a'], b: ['b'], c: ['c'] });
    await drafts.markSent(holder, id, 'task', now);
    await drafts.change(holder, id, () => values, now);
    expect(await drafts.open(holder, id, now)).toMatchObject({ values: {}, sent: 'task' });
    expect((await drafts.all(holder, 'registration', now)).map((it) => it.id)).not.toContain(id);
  });

  test('is one of a limited number', async () => {
    const { drafts } = written();
    const busy = { ...holder, subject: 'busy' };
    const begin = () => drafts.begin(busy, { id: crypto.randomUUID(), form: 'registration', values }, now);
    const begun = await Promise.all(Array.from({ length: mostDrafts + 1 }, begin));
    expect(begun.filter(Boolean)).toHaveLength(mostDrafts);
  });
});
