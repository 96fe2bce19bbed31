import type { Claim, Commit, Committed, SentTo, Store } from '../port.ts';
import type { HideValue } from '../search-index.ts';
import type { CommitOutcome } from './commit/commits.ts';
import { type PreparedCommit, prepare } from './commit/prepare.ts';
import { configuration, configurations, configurationUses } from './configurations.ts';
import { directory } from './directory.ts';
import { draft, draftsOf } from './drafts.ts';
import { formerPatients } from './former-patients.ts';
import type { Group } from './group.ts';
import type { Indexing } from './index/indexing.ts';
import type { Act } from './jobs.ts';
import { entriesOf, entryCache } from './journal/entry.ts';
import { factsOf } from './journal/facts.ts';
import { wasDone } from './once.ts';
import { failureGroups, failureNotes } from './operations/failures.ts';
import { heldPartners } from './operations/holds.ts';
import { refusedMessage, refusedMessages } from './operations/refused.ts';
import { replay, replayCounts, replayItems, replays } from './operations/replays.ts';
import { deliveriesOfMessages, messageHeads, selectDispatches } from './operations/selection.ts';
import { freeRecipients, pending } from './outbox/claims.ts';
import { type Ending, endingOf } from './outbox/ending.ts';
import * as lists from './outbox/lists.ts';
import { placerSubscription } from './placer-subscriptions.ts';
import { audit, journalHead } from './read/audit.ts';
import { messageById, messageByKeys, messageByRequest, messages } from './read/messages.ts';
import { referringTo } from './read/referring.ts';
import { changedSince, current, history, version } from './read/resources.ts';
import { search } from './read/search.ts';
import { removable } from './retention/step.ts';
import { session } from './sessions.ts';
import type { Sql } from './sql.ts';
import { subscription, subscriptionEvents, subscriptions } from './subscriptions.ts';
import { unknownCodes } from './unknown-codes.ts';
import { erasures } from './vault/erase.ts';
import { keyStatus } from './vault/keep.ts';

export type StoreParts = {
  /** A connection that only reads. */
  readonly read: Sql;
  /** The only writer: in this thread, or the end of the line to another. */
  readonly writer: Pick<Group, 'submit'>;
  readonly indexing: Indexing;
  readonly hide: HideValue;
  /** Calls back when another gateway on the store may have put something in the outbox. */
  readonly onNotice?: (listener: (to: SentTo) => void) => void;
  /** Tells the other gateways on the store that something was put in the outbox. */
  readonly notice?: () => void;
  readonly close: () => Promise<void>;
};

/** The store on a database: it reads here, and writes by jobs. */
export function storeOf({ read, writer, indexing, hide, close, notice, onNotice }: StoreParts): Store {
  const entries = entriesOf(read, entryCache(), 'in turns');
  const listeners = new Set<(to: SentTo) => void>();
  /** Commits on their way to the writer: a large one is prepared in several turns. */
  const submitting = new Set<Promise<unknown>>();
  const submit = async (it: Commit) => {
    const prepared = await prepare(it, indexing.of);
    return { prepared, outcome: writer.submit({ kind: 'commit', commit: prepared }) };
  };
  const callListeners = (to: SentTo) => {
    for (const listener of listeners) listener(to);
  };
  onNotice?.(callListeners);
  const announceSent = (to: SentTo = 'anyone') => {
    callListeners(to);
    notice?.();
  };
  const act = <Name extends Act['name']>(name: Name, ...given: Parameters<Store[Name]>) =>
    writer.submit({ kind: 'act', act: { name, given } as Act }) as ReturnType<Store[Name]>;
  const ended = (ending: Ending, soon?: 'soon') => writer.submit({ kind: 'ended', ending }, soon) as Promise<boolean>;

  return {
    commit: async (it) => {
      const submission = submit(it);
      submitting.add(submission);
      const { prepared, outcome } = await submission.finally(() => submitting.delete(submission));
      const { committed, sentTo } = (await outcome) as CommitOutcome;
      if (sentTo.length) announceSent(sentTo);
      return withResources(committed, prepared);
    },
    appendAudit: async (events) => {
      const [first] = events;
      if (!first) return;
      const at = Date.parse(first.recorded ?? '') || 0;
      await writer.submit({ kind: 'audit', audit: { facts: factsOf(events), at } });
    },
    audit: (query) => audit(read, query),
    formerPatients: (identifiers) => formerPatients(read, identifiers, hide),
    journalHead: () => journalHead(read),
    message: (id) => messageById(read, id),
    messageByRequest: (partner, requestId) => messageByRequest(read, partner, requestId),
    messageByKeys: (partner, keys) => messageByKeys(read, partner, keys),
    messages: (query) => messages(read, query),
    read: (type, id, reader) => current(read, entries, { type, id }, reader),
    vread: (type, id, number, reader) => version(read, entries, { type, id }, number, reader),
    changedSince: (type, since, page) => changedSince(read, type, since, page),
    referringTo: (references) => referringTo(read, references),
    history: (type, id, reader) => history(read, entries, { type, id }, reader),
    search: (type, query, reader) => search(read, entries, type, query, { reader, indexing, hide }),
    // no value of a resource has this character: no hidden value equals a key
    keyFor: (purpose) => Buffer.from(hide(`\0${purpose}`), 'base64url'),
    subscription: (id, partner) => subscription(read, id, partner),
    subscriptions: ({ partner }) => subscriptions(read, partner),
    subscriptionEvents: (id, range) => subscriptionEvents(read, id, range),
    placerSubscription: (partner, id) => placerSubscription(read, partner, id),
    heartbeat: async (now, notifying) => {
      const count = await act('heartbeat', now, notifying);
      if (count) announceSent();
      return count;
    },
    done: (name) => wasDone(read, name),
    lease: (name, wish) => act('lease', name, wish),
    directory: (query) => directory(read, query),
    addConfiguration: (set, now) => act('addConfiguration', set, now),
    configuration: (digest) => configuration(read, digest),
    configurations: () => configurations(read),
    configurationUses: (query) => configurationUses(read, query),
    // mostly every recipient is claimed already: that takes no transaction
    claim: async (wish) => ((await freeRecipients(read, wish.now, 1)).length ? act('claim', wish) : []),
    renew: (claim, wish) => act('renew', withoutDeliveries(claim), wish),
    pending: (claim, wish) => pending(read, entries, claim, wish),
    release: (claim) => act('release', withoutDeliveries(claim)),
    complete: (claim, delivery, ending) => ended(endingOf('complete', claim, delivery, ending), 'soon'),
    retryLater: (claim, delivery, ending) => ended(endingOf('retryLater', claim, delivery, ending)),
    deadLetter: (claim, delivery, ending) => ended(endingOf('deadLetter', claim, delivery, ending)),
    withdraw: (claim, delivery, ending) => ended(endingOf('withdraw', claim, delivery, ending)),
    isDeliverable: (delivery) => lists.isDeliverable(read, delivery),
    hasDeliverable: () => lists.hasDeliverable(read),
    requeue: async (dispatchId, now, events) => {
      const isRequeued = await act('requeue', dispatchId, now, events);
      if (isRequeued) announceSent();
      return isRequeued;
    },
    skip: async (dispatchId, it) => {
      const isSkipped = await act('skip', dispatchId, it);
      if (isSkipped) announceSent();
      return isSkipped;
    },
    dispatch: (id) => lists.dispatch(read, id),
    undelivered: (query) => lists.undelivered(read, query),
    dispatches: (query) => lists.dispatches(read, query),
    attempts: (dispatchId) => lists.attempts(read, dispatchId),
    depth: () => lists.depth(read),
    onDispatch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ready: () => act('ready'),
    removable: (terms, from) => removable(read, terms, from),
    removeExpired: (terms, wish) => act('removeExpired', terms, wish),
    keyStatus: () => keyStatus(read),
    renewIndex: () => act('renewIndex'),
    rewrapKeys: (after) => act('rewrapKeys', after),
    encryptTexts: (after) => act('encryptTexts', after),
    erasePerson: (wish) => act('erasePerson', wish),
    erasures: () => erasures(read),
    addSession: (it, now) => act('addSession', it, now),
    session: (id, now) => session(read, id, now),
    changeSession: (id, change) => act('changeSession', id, change),
    endSessions: (which) => act('endSessions', which),
    addDraft: (it, limit) => act('addDraft', it, limit),
    draft: (id, holder, now) => draft(read, id, holder, now),
    draftsOf: (holder, now) => draftsOf(read, holder, now),
    changeDraft: (id, holder, change) => act('changeDraft', id, holder, change),
    removeDraft: (id, holder) => act('removeDraft', id, holder),
    unknownCodes: (query) => unknownCodes(read, query),
    heldPartners: () => heldPartners(read),
    holdPartner: (held, events) => act('holdPartner', held, events),
    releasePartner: async (partner, it) => {
      const isReleased = await act('releasePartner', partner, it);
      if (isReleased) announceSent();
      return isReleased;
    },
    failureGroups: (partner) => failureGroups(read, partner),
    failureNotes: () => failureNotes(read),
    noteFailure: (note, it) => act('noteFailure', note, it),
    selectDispatches: (filter, page) => selectDispatches(read, filter, page),
    deliveriesOfMessages: (messages) => deliveriesOfMessages(read, messages),
    messageHeads: (page) => messageHeads(read, page),
    addReplay: (it, events) => act('addReplay', it, events),
    replay: (name) => replay(read, name),
    replays: () => replays(read),
    stepReplay: async (name, step) => {
      const isTaken = await act('stepReplay', name, step);
      if (isTaken) announceSent();
      return isTaken;
    },
    replayCounts: (name) => replayCounts(read, name),
    replayItems: (name, page) => replayItems(read, name, page),
    retainRefused: (message, until) => act('retainRefused', message, until),
    refusedMessages: (query) => refusedMessages(read, query),
    refusedMessage: (id, now) => refusedMessage(read, id, now),
    removeRefused: (now) => act('removeRefused', now),
    close: async () => {
      // what was given before is stored before
      await Promise.allSettled(submitting);
      await close();
    },
  };
}

/** The writer has only the texts of a commit, and does not send them back. */
function withResources(committed: Committed, { changes, now }: PreparedCommit): Committed {
  if (committed.kind !== 'committed') return committed;
  const resources = changes.map(({ type, id, version, text }) => ({ type, id, version, lastUpdated: now, text }));
  return { ...committed, resources };
}

/** A claim as it is sent to the writer, which needs no bodies. */
const withoutDeliveries = (claim: Claim): Claim => ({ ...claim, deliveries: [] });
