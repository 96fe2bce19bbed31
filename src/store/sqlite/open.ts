import type { Commit, Committed, Message, Store } from '../port.ts';
import type { HideValue } from '../search-index.ts';
import { appendAudit, audit } from './audit.ts';
import {
  addConfiguration,
  configuration,
  configurationConflict,
  configurations,
  configurationUses,
  writeConfigurationUse,
} from './configurations.ts';
import { type Database, openDatabase, openDatabaseToRead } from './database.ts';
import { directory, directoryConflict, writeDirectory } from './directory.ts';
import { groupCommit } from './group-commit.ts';
import { openIndexing, readIndexing } from './indexing.ts';
import { messageByKeys, writeMessageKeys } from './message-keys.ts';
import { insertMessage, messageById, messageByRequest, messages } from './messages.ts';
import { checkSchema, migrate } from './migrations.ts';
import { doOnce, lease, wasDone } from './once.ts';
import { requeue, skip, withdrawAll } from './operator-acts.ts';
import * as outbox from './outbox.ts';
import * as lists from './outbox-lists.ts';
import { placerSubscription, writePlacerSubscription } from './placer-subscriptions.ts';
import {
  conflictOf,
  current,
  type Indexing,
  prepare,
  staleOf,
  versions,
  writeGrant,
  writeResource,
  writeRevocation,
} from './resources.ts';
import { search } from './search.ts';
import {
  activeSubscriptions,
  subscription,
  subscriptionConflict,
  subscriptionEvents,
  subscriptions,
  takeDueHeartbeats,
  writeEvent,
  writeSubscription,
} from './subscriptions.ts';
import { unknownCodes, writeUnknownCodes } from './unknown-codes.ts';

export type SqliteOptions = {
  /** Maximum wait for a transaction of another process (ms). It blocks the event loop. */
  readonly busyTimeout?: number;
  /**
   * The key for hidden index values, when it must not be in the file. It must not change during the life of the store.
   */
  readonly secret?: string;
};

/**
 * Opens the embedded store: one file, or `:memory:` for tests. Migrates its schema, and rebuilds its index when the
 * search parameters changed. Throws when the file is not a store or was written by a newer gateway.
 */
export async function openSqliteStore(file: string, options: SqliteOptions = {}): Promise<Store> {
  const database = openDatabase(file, options.busyTimeout ?? 2_000);
  try {
    migrate(database);
    return storeOn(database, openIndexing(database, options.secret));
  } catch (why) {
    database.close();
    throw why;
  }
}

/**
 * Opens an existing store to read it, next to a running gateway: every write fails. Throws when there is no such file, or
 * when it is not a store of this version.
 */
export async function openSqliteStoreToRead(file: string, options: SqliteOptions = {}): Promise<Store> {
  const database = openDatabaseToRead(file, options.busyTimeout ?? 2_000);
  try {
    checkSchema(database);
    return storeOn(database, readIndexing(database, options.secret));
  } catch (why) {
    database.close();
    throw why;
  }
}

function storeOn(
  database: Database,
  { indexing, hide }: { readonly indexing: Indexing; readonly hide: HideValue },
): Store {
  const group = groupCommit(database);
  const listeners = new Set<() => void>();
  const notifyListeners = () => {
    for (const listener of listeners) listener();
  };

  return {
    commit: async (it) => {
      const prepared = (it.changes ?? []).map((change) => prepare(change, it.now, indexing));
      const { committed, announced } = await group.write(() => commit(database, it, prepared, indexing));
      if (committed.kind === 'committed' && (announced || it.dispatches?.length)) notifyListeners();
      return committed;
    },
    appendAudit: (events) => group.write(() => appendAudit(database, events)),
    audit: async (query) => audit(database, query),
    message: async (id) => messageById(database, id),
    messageByRequest: async (partner, requestId) => messageByRequest(database, partner, requestId),
    messageByKeys: async (partner, keys) => messageByKeys(database, partner, keys),
    messages: async (query) => messages(database, query),
    read: async (type, id, reader) => current(database, { type, id }, reader),
    vread: async (type, id, version, reader) => versions(database, { type, id }, { reader, version })[0],
    history: async (type, id, reader) => versions(database, { type, id }, { reader }),
    search: async (type, query, reader) => search(database, type, query, reader, indexing, hide),
    // no value of a resource has this character: no hidden value equals a key
    keyFor: (purpose) => Buffer.from(hide(`\0${purpose}`), 'base64url'),
    subscription: async (id, partner) => subscription(database, id, partner),
    subscriptions: async ({ partner }) => subscriptions(database, partner),
    subscriptionEvents: async (id, range) => subscriptionEvents(database, id, range),
    placerSubscription: async (partner, id) => placerSubscription(database, partner, id),
    heartbeat: async (now, dispatch) => {
      const count = await group.write(() => {
        const due = takeDueHeartbeats(database, now);
        for (const it of due) outbox.insertDispatch(database, dispatch(it), now);
        return due.length;
      });
      if (count) notifyListeners();
      return count;
    },
    done: async (name) => wasDone(database, name),
    lease: (name, wish) => group.write(() => lease(database, name, wish)),
    directory: async (query) => directory(database, query),
    addConfiguration: (set, now) => group.write(() => addConfiguration(database, set, now)),
    configuration: async (digest) => configuration(database, digest),
    configurations: async () => configurations(database),
    configurationUses: async (query) => configurationUses(database, query),
    claim: (wish) => group.write(() => outbox.claim(database, wish)),
    renew: (claim, wish) => group.write(() => outbox.renew(database, claim, wish)),
    pending: async (claim, wish) => outbox.pending(database, claim, wish),
    release: (claim) => group.write(() => outbox.release(database, claim)),
    complete: (claim, delivery, ending) => group.writeSoon(() => outbox.complete(database, claim, delivery, ending)),
    retryLater: (claim, delivery, ending) => group.write(() => outbox.retryLater(database, claim, delivery, ending)),
    deadLetter: (claim, delivery, ending) => group.write(() => outbox.deadLetter(database, claim, delivery, ending)),
    withdraw: (claim, delivery, ending) => group.write(() => outbox.withdraw(database, claim, delivery, ending)),
    isDeliverable: async (delivery) => outbox.isDeliverable(database, delivery),
    hasDeliverable: async () => lists.hasDeliverable(database),
    requeue: async (dispatchId, now, audit) => {
      const requeued = await group.write(() => requeue(database, dispatchId, now, audit));
      if (requeued) notifyListeners();
      return requeued;
    },
    skip: async (dispatchId, act) => {
      const skipped = await group.write(() => skip(database, dispatchId, act));
      if (skipped) notifyListeners();
      return skipped;
    },
    dispatch: async (id) => lists.dispatch(database, id),
    undelivered: async (query) => lists.undelivered(database, query),
    dispatches: async (query) => lists.dispatches(database, query),
    attempts: async (dispatchId) => lists.attempts(database, dispatchId),
    depth: async () => lists.depth(database),
    onDispatch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    compact: (before) => group.write(() => outbox.compact(database, before)),
    // Performs a real write: on a full disk an empty transaction would succeed.
    ready: () =>
      group
        .write(() => database.run("update meta set value = value where name = 'schema'").changes === 1)
        .catch(() => false),
    unknownCodes: async (query) => unknownCodes(database, query),
    close: async () => {
      group.close();
      database.close();
    },
  };
}

/**
 * All checks precede all writes: a refused commit has nothing to roll back. Whether the message was sent before is checked
 * by writing it first.
 */
function commit(
  database: Database,
  it: Commit,
  changes: readonly ReturnType<typeof prepare>[],
  indexing: Indexing,
): { readonly committed: Committed; readonly announced: boolean } {
  const { message, dispatches = [], subscriptions: agreed = [], announce, once, now } = it;
  const refused = (refusal: Committed) => ({ committed: refusal, announced: false });
  const refusal = refusalOf(database, it, changes);
  // A message that was sent before is answered as before, whatever else has changed since.
  if (refusal || once !== undefined) {
    const earlier = message && sentBefore(database, message);
    if (earlier ?? refusal) return refused((earlier ?? refusal)!);
  }
  if (once !== undefined && !doOnce(database, once, now)) return refused({ kind: 'done' });
  if (message && !insertMessage(database, message)) return refused(sentBefore(database, message)!);
  if (message && it.keys) writeMessageKeys(database, message, it.keys);
  if (message) writeUnknownCodes(database, message, it.unknownCodes ?? []);
  for (const change of changes) writeResource(database, change, message?.id, indexing);
  const withdrawn = withdrawAll(database, it);
  for (const revocation of it.revocations ?? []) writeRevocation(database, revocation);
  for (const grant of it.grants ?? []) writeGrant(database, grant);
  for (const change of agreed) writeSubscription(database, change, now);
  for (const dispatch of dispatches) outbox.insertDispatch(database, dispatch, now);
  const notifications = (announce?.(activeSubscriptions(database)) ?? []).flatMap(
    (it) => writeEvent(database, it, now) ?? [],
  );
  for (const dispatch of notifications) outbox.insertDispatch(database, dispatch, now);
  for (const known of it.placerSubscriptions ?? []) writePlacerSubscription(database, known);
  for (const entry of it.directory ?? []) writeDirectory(database, entry, now);
  if (it.configuration) writeConfigurationUse(database, it.configuration, now);
  appendAudit(database, [...(it.audit ?? []), ...(withdrawn.length ? (it.auditWithdrawn?.(withdrawn) ?? []) : [])]);
  return {
    committed: { kind: 'committed', resources: changes.map((it) => it.stored) },
    announced: notifications.length > 0,
  };
}

function refusalOf(
  database: Database,
  it: Commit,
  changes: readonly ReturnType<typeof prepare>[],
): Committed | undefined {
  const { message, guards = [], subscriptions: agreed = [], directory: entries = [] } = it;
  if (message && it.keys) {
    const earlier = messageByKeys(database, message.partner, it.keys);
    if (earlier && !(it.keys.amends && earlier.content !== it.keys.content)) return { kind: 'resent', earlier };
  }
  for (const change of changes) {
    const conflict = conflictOf(database, change);
    if (conflict) return conflict;
  }
  for (const guard of guards) {
    const conflict = staleOf(database, guard);
    if (conflict) return conflict;
  }
  for (const entry of entries) {
    const conflict = directoryConflict(database, entry);
    if (conflict) return conflict;
  }
  for (const change of agreed) {
    const conflict = subscriptionConflict(database, change);
    if (conflict) return conflict;
  }
  return it.configuration && configurationConflict(database, it.configuration);
}

function sentBefore(database: Database, { partner, requestId, bodyDigest }: Message): Committed | undefined {
  const earlier = messageByRequest(database, partner, requestId);
  return earlier && { kind: earlier.bodyDigest === bodyDigest ? 'duplicate' : 'reused', earlier };
}
