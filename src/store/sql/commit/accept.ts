import type { ActiveByTopic } from '../../../subscription/index.ts';
import { matches, notificationOf } from '../../announcing.ts';
import type { Dispatch, PartnerId, ResourceKey, StoredSubscription, Unannounced } from '../../port.ts';
import type { Facts } from '../journal/facts.ts';
import { outsideReferences } from '../journal/mentions.ts';
import { entryOfMessage } from '../journal/message.ts';
import { pack } from '../journal/payload.ts';
import { type EntryRights, rightsLog } from '../journal/rights.ts';
import { dispatchKey, referenceKey, resourceKey } from '../keys.ts';
import type { Vault } from '../sql.ts';
import { personsIn } from '../vault/persons.ts';
import { type Persons, seal } from '../vault/sealed.ts';
import { type Known, keyName, requestName } from './load.ts';
import type { PreparedCommit } from './prepare.ts';
import type { ResourceRow, Rows } from './rows.ts';

/** An active Subscription, with the number of its last event as this group leaves it. */
export type Active = StoredSubscription & { readonly key: number; events: number };

export type Accepting = {
  readonly known: Known;
  readonly rows: Rows;
  readonly active: ActiveByTopic<Active>;
  readonly newId: (now: Date) => string;
  /** Absent: texts are stored in clear. */
  readonly vault?: Vault | undefined;
};

export type AcceptedCommit = {
  readonly entry: number;
  readonly unannounced: readonly Unannounced[];
  /** The recipients of what it put in the outbox. */
  readonly sentTo: readonly PartnerId[];
};

/** Adds the rows of an accepted commit, as a new entry of the journal, to those of its group. */
export function accept(
  it: Accepting,
  commit: PreparedCommit,
  withdrawn: Facts,
  nextEntry: (items: number) => number,
): AcceptedCommit {
  const { rows } = it;
  const { changes, message, dispatches = [], now } = commit;
  const matched = matchesOf(it, commit);
  const sentAtMost = dispatches.length + matched.matches.length;
  const events = commit.facts.texts.length + withdrawn.texts.length;
  const entry = nextEntry(Math.max(changes.length, sentAtMost, events));
  const others = [...(message ? entryOfMessage(message, 0).texts : []), ...dispatches.map(({ body }) => body)];
  const persons = it.vault ? personsOfCommit(it.known, it.vault, { changes, others }, entry) : undefined;
  for (const position of changes.keys())
    writeChange(it, commit, { entry, position, person: persons?.[position]?.[0] ?? 0 });
  const rights = changeRights(it, commit, entry);
  const { notifications, unannounced } = announce(it, commit, matched);

  const written = message && entryOfMessage(message, changes.length);
  const firstBody = changes.length + (written?.texts.length ?? 0);
  const sent = [...dispatches, ...notifications];
  sent.forEach((dispatch, position) => {
    rows.dispatches.push({
      dispatch,
      now,
      key: dispatchKey(entry, position),
      entry,
      part: firstBody + position,
      own: isOwn(dispatch, commit),
    });
  });
  const texts = [...changes.map(({ text }) => text), ...(written?.texts ?? []), ...sent.map(({ body }) => body)];
  rows.texts.set(entry, texts);
  // notifications are about those of the commit
  const ofAll = persons?.slice(changes.length, changes.length + 1)[0] ?? persons?.[0] ?? [];
  const { sizes, payload, unpacked } =
    persons && it.vault
      ? seal(entry, texts, [...persons, ...notifications.map(() => ofAll)], it.vault.keyOf)
      : pack(texts);
  rows.entries.push({
    seq: entry,
    at: now.getTime(),
    sizes,
    ...(rights ? { rights } : {}),
    ...(texts.length ? { payload } : {}),
    ...(message && written ? { id: message.id, partner: message.partner, message: written.head } : {}),
    facts: {
      texts: [...commit.facts.texts, ...withdrawn.texts],
      names: namesOf(commit, [...commit.facts.names, ...withdrawn.names]),
    },
  });
  // about to be claimed: it need not be read and decompressed
  if (sent.length) rows.written.push({ seq: entry, at: now.getTime(), head: { sizes }, parts: unpacked });
  if (message) writeMessage(it, commit, entry);
  return { entry, unannounced, sentTo: sent.map(({ recipient }) => recipient) };
}

function writeChange(
  { known, rows }: Accepting,
  { changes, now }: PreparedCommit,
  { entry, position, person }: { readonly entry: number; readonly position: number; readonly person: number },
): void {
  const { type, id, version, index } = changes[position]!;
  const reference = `${type}/${id}`;
  const current = known.resources.get(reference);
  const key = current?.key ?? resourceKey(entry, position);
  const place = { key, version, updated: now.getTime(), entry, part: position, ...(person ? { person } : {}) };
  if (current) rows.versions.push({ ...current, resource: key });
  const before = current && (rows.resources.has(key) ? rows.resources.get(key)?.before : current);
  const row: ResourceRow = { ...place, type, id, index, ...(before ? { before } : {}) };
  rows.resources.set(key, row);
  known.resources.set(reference, place);
}

/** Readers of what was written, then revocations, then grants; as the entry records them. */
function changeRights(
  { known, rows: { rights } }: Accepting,
  { changes, revocations = [], grants = [] }: PreparedCommit,
  entry: number,
): EntryRights | undefined {
  if (!changes.length && !revocations.length && !grants.length) return undefined;
  const log = rightsLog(entry);
  const give = (it: ResourceKey & { readonly readers: readonly PartnerId[] }) =>
    forExisting(known, it, (key, version) => {
      for (const partner of it.readers) {
        if (rights.has(partner, key)) continue;
        rights.give(partner, key, version);
        log.granted(partner, key, version);
      }
    });
  for (const it of changes) give(it);
  for (const it of revocations)
    forExisting(known, it, (key) => {
      for (const partner of it.readers) {
        rights.end(partner, key);
        log.ended(partner, key);
      }
    });
  for (const it of grants) give(it);
  return log.result();
}

/** The persons of the texts of a commit. A Patient that is new becomes a person with a data key of its own. */
function personsOfCommit(
  known: Known,
  vault: Vault,
  described: Parameters<typeof personsIn>[0],
  entry: number,
): readonly Persons[] {
  const fresh = new Map<string, number>();
  for (const [position, { type, id }] of described.changes.entries()) {
    const reference = `${type}/${id}`;
    if (type !== 'Patient' || known.resources.get(reference)?.person) continue;
    const person = known.resources.get(reference)?.key ?? resourceKey(entry, position);
    fresh.set(reference, person);
    vault.make(person);
  }
  return personsIn(described, (reference) => fresh.get(reference) ?? known.resources.get(reference)?.person);
}

/** A resource that does not exist has no readers. */
function forExisting(
  { resources }: Known,
  { type, id }: { readonly type: string; readonly id: string },
  change: (key: number, version: number) => void,
): void {
  const current = resources.get(`${type}/${id}`);
  if (current) change(current.key, current.version);
}

type Matched = ReturnType<typeof matches<Active>>;

const matchesOf = ({ active }: Accepting, { announce: announced }: PreparedCommit): Matched =>
  announced ? matches(announced, active) : { matches: [], unannounced: [] };

/** Numbers the events of the active Subscriptions that match and whose partner may read the focus. */
function announce(
  { known, rows, newId }: Accepting,
  { announce: announced, now }: PreparedCommit,
  found: Matched,
): { readonly notifications: readonly Dispatch[]; readonly unannounced: readonly Unannounced[] } {
  if (!announced) return { notifications: [], unannounced: [] };
  const unannounced = [...found.unannounced];
  const notifications: Dispatch[] = [];
  for (const match of found.matches) {
    const { subscription, announcement } = match;
    const { focus } = announcement;
    const key = known.resources.get(focus)?.key;
    if (key === undefined || !rows.rights.has(subscription.partner, key)) continue;
    subscription.events += 1;
    const number = subscription.events;
    rows.events.push({ subscription: subscription.key, number, at: now, focus });
    const made = notificationOf(match, number, { base: announced.base, at: now, newId: () => newId(now) });
    if ('fault' in made) unannounced.push(made);
    else notifications.push(made);
  }
  return { notifications, unannounced };
}

function writeMessage({ known, rows }: Accepting, { message, keys }: PreparedCommit, entry: number): void {
  const { partner, requestId, bodyDigest: digest, receivedAt } = message!;
  rows.requests.push({ partner, requestId, entry, digest });
  known.requests.set(requestName(partner, requestId), { entry, digest });
  for (const key of keys?.keys ?? []) {
    const owner = { entry, content: keys!.content, location: keys!.location, receivedAt: receivedAt.getTime() };
    rows.keys.set(keyName(partner, key), { ...owner, partner, key });
    known.keys.set(keyName(partner, key), owner);
  }
}

/** Its message, correlation and trace are found by the message of its entry. */
const isOwn = ({ messageId, correlationId, traceId }: Dispatch, { message }: PreparedCommit): boolean =>
  message !== undefined &&
  messageId === message.id &&
  correlationId === message.requestId &&
  traceId === message.traceId;

/**
 * Names by which an entry is found, but for those that other tables lead from: its request, and what it wrote. And what it
 * refers to.
 */
function namesOf({ message, changes }: PreparedCommit, ofFacts: readonly string[]): readonly string[] {
  const names = new Set(ofFacts);
  if (message) {
    names.delete(message.requestId);
    names.add(message.traceId);
  }
  for (const { type, id } of changes) names.delete(referenceKey(`${type}/${id}`));
  for (const name of outsideReferences(changes)) names.add(name);
  return [...names];
}
