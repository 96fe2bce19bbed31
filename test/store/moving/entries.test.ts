import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type OldEntry, oldEntries } from '../../../src/store/moving/old/entries.ts';
import type { OldDispatch, OldEvent, OldMessage, OldVersion } from '../../../src/store/moving/old/rows.ts';
import { streamOf } from '../../../src/store/moving/old/stream.ts';

/** Rows of the previous layout are divided over entries, whatever the clock did and whichever commit a row was of. */

/** A commit: of a message or not, with so many rows of each table; some rows name an earlier message. */
const commit = fc.record({
  isMessage: fc.boolean(),
  versions: fc.nat(3),
  dispatches: fc.nat(3),
  events: fc.nat(3),
  // a clock that is set back now and then
  after: fc.integer({ min: -20, max: 50 }),
  names: fc.option(fc.nat(5), { nil: undefined, freq: 4 }),
});

type Given = readonly (typeof commit extends fc.Arbitrary<infer T> ? T : never)[];

function rowsOf(commits: Given) {
  const messages: OldMessage[] = [];
  const versions: OldVersion[] = [];
  const dispatches: OldDispatch[] = [];
  const events: OldEvent[] = [];
  let at = 1_000;
  for (const it of commits) {
    at += it.after;
    if (it.isMessage)
      messages.push({ key: messages.length + 1, message: { receivedAt: new Date(at) } as OldMessage['message'] });
    const earlier = it.names === undefined ? undefined : messages.length - it.names;
    const owner = it.isMessage ? messages.length : earlier && earlier > 0 ? earlier : undefined;
    for (let n = 0; n < it.versions; n++)
      versions.push({ owner: it.isMessage ? owner : undefined, at, text: `v${versions.length}` } as OldVersion);
    for (let n = 0; n < it.dispatches; n++)
      dispatches.push({ owner, at, body: `d${dispatches.length}` } as OldDispatch);
    for (let n = 0; n < it.events; n++) events.push({ owner, at, text: `e${events.length}` } as OldEvent);
  }
  return { messages, versions, dispatches, events };
}

const divided = (rows: ReturnType<typeof rowsOf>): readonly OldEntry[] => [
  ...oldEntries({
    messages: rows.messages,
    versions: streamOf(rows.versions.values()),
    dispatches: streamOf(rows.dispatches.values()),
    events: streamOf(rows.events.values()),
  }),
];

test('each row is in one entry, and each table in its order', () => {
  fc.assert(
    fc.property(fc.array(commit, { maxLength: 60 }), (commits) => {
      const rows = rowsOf(commits);
      const entries = divided(rows);
      expect(entries.flatMap(({ message }) => message ?? [])).toEqual(rows.messages);
      expect(entries.flatMap((it) => it.versions)).toEqual(rows.versions);
      expect(entries.flatMap((it) => it.dispatches)).toEqual(rows.dispatches);
      expect(entries.flatMap((it) => it.events)).toEqual(rows.events);
    }),
  );
});

test('what a message wrote is in its entry, when no later commit names an earlier message', () => {
  fc.assert(
    fc.property(fc.array(commit, { maxLength: 60 }), (commits) => {
      const rows = rowsOf(commits.map((it) => ({ ...it, names: undefined })));
      for (const { message, versions, dispatches, events } of divided(rows))
        for (const { owner } of [...versions, ...dispatches, ...events]) expect(owner).toBe(message?.key);
    }),
  );
});

test('an entry without a message has a limit, and rows of one time together', () => {
  const rows = rowsOf(
    Array.from({ length: 1_000 }, () => ({
      isMessage: false,
      versions: 1,
      dispatches: 1,
      events: 1,
      after: 10,
      names: undefined,
    })),
  );
  const entries = divided(rows);
  expect(entries.length).toBe(15);
  expect(Math.max(...entries.map((it) => it.versions.length + it.dispatches.length + it.events.length))).toBe(200);
  expect(entries.slice(0, -1).every((it) => Math.abs(it.versions.length - it.events.length) <= 1)).toBe(true);
});
