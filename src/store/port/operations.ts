import type { AuditEvent } from './audit.ts';
import type { Message } from './message.ts';
import type { DispatchState, DispatchStatus } from './outbox.ts';
import type { Page, PartnerId } from './resource.ts';

/** A partner to whom nothing is sent until an operator releases it. */
export type HeldPartner = {
  readonly partner: PartnerId;
  readonly since: Date;
  /** The operator, as recorded in the audit trail. */
  readonly by: string;
  readonly reason: string;
};

/** Undelivered dispatches with the same cause, over all partners. */
export type FailureGroup = {
  /** Rule, status and codes: `receiver-refused: 422 structure`. */
  readonly cause: string;
  readonly dead: number;
  /** Waiting, and set aside. */
  readonly aside: number;
  readonly partners: readonly { readonly partner: PartnerId; readonly count: number }[];
  /** Creation time of the oldest dispatch. */
  readonly oldest: Date;
  /** Last time that a dispatch of it failed for good, or was created. */
  readonly latest: Date;
};

/** What operators did about a cause: `content` is JSON of the operations room. */
export type FailureNote = { readonly cause: string; readonly content: string; readonly revision: number };

/**
 * Which dispatches: all that is stated must hold. Notifications of Subscriptions are never among them,
 * and copies that replays made only when `ids` has them, or `states` has neither `delivered` nor `skipped`.
 */
export type DispatchFilter = {
  readonly ids?: readonly string[];
  readonly messages?: readonly string[];
  readonly traces?: readonly string[];
  readonly recipients?: readonly PartnerId[];
  /** Of the message that caused it. */
  readonly senders?: readonly PartnerId[];
  readonly states?: readonly DispatchState[];
  /** Its reason begins with one of these: a rule, or a rule with its detail. */
  readonly codes?: readonly string[];
  readonly since?: Date;
  /** Exclusive. */
  readonly until?: Date;
};

export type ReplayState = 'running' | 'cancelled' | 'done';

/** A named replay. `content`: JSON of the operations room, with the place up to which it has come. */
export type StoredReplay = {
  readonly name: string;
  readonly state: ReplayState;
  readonly content: string;
  readonly revision: number;
  readonly createdAt: Date;
};

/** What a replay did with one dispatch or refused message. */
export type ReplayItem = {
  /** Id of the dispatch or the refused message. */
  readonly source: string;
  /** `sent`: it is in the outbox again. Otherwise the code of why it was not. */
  readonly outcome: string;
  /** The dispatch that it became: a copy, or the same one when that was undelivered. */
  readonly dispatch?: string;
};

/** An item to be done. `copy`: the ids of the copy of a delivered dispatch, which is put in the outbox with the same body. */
export type ReplayedItem = ReplayItem & {
  readonly copy?: { readonly id: string; readonly requestId: string };
};

/** A refused message. The body is there as long as it is retained. */
export type RefusedMessage = {
  readonly id: string;
  readonly partner: PartnerId;
  readonly requestId: string;
  readonly traceId: string;
  readonly receivedAt: Date;
  readonly codes: readonly string[];
  readonly contentType: string;
  readonly configuration: string;
  /** Its place in the list of them. */
  readonly seq: number;
  /** JSON: what of the request decides how it is read, besides its body. */
  readonly envelope: string;
  readonly body?: Uint8Array;
};

/** A received message without its texts. */
export type MessageHead = Pick<Message, 'id' | 'partner' | 'requestId' | 'traceId' | 'receivedAt' | 'configuration'> & {
  /** Its place in the list: a cursor of one number continues after it. */
  readonly seq: number;
  readonly status: number;
};

/** A page of a scan: with few hits it may be empty though more follow, since each page reads a bounded number of rows. */
export type ScanPage<T> = Page<T>;

/** What operators look up and do, beside single dead letters. */
export type Operations = {
  heldPartners(): Promise<readonly HeldPartner[]>;
  /** False when it is held already. */
  holdPartner(held: HeldPartner, audit: readonly AuditEvent[]): Promise<boolean>;
  /** False when it is not held. */
  releasePartner(
    partner: PartnerId,
    act: { readonly now: Date; readonly audit: readonly AuditEvent[] },
  ): Promise<boolean>;

  /** Dead letters and dispatches set aside, by cause; most dispatches first. */
  failureGroups(partner?: PartnerId): Promise<readonly FailureGroup[]>;
  failureNotes(): Promise<readonly FailureNote[]>;
  /** False when it was changed since revision `expect` (0: there was none). */
  noteFailure(
    note: Omit<FailureNote, 'revision'> & { readonly expect: number },
    act: { readonly now: Date; readonly audit: readonly AuditEvent[] },
  ): Promise<boolean>;

  /** In the order of their commits. */
  selectDispatches(
    filter: DispatchFilter,
    page: { readonly cursor?: string; readonly count: number },
  ): Promise<ScanPage<DispatchStatus>>;

  /** Of these messages, without notifications of Subscriptions. */
  deliveriesOfMessages(messages: readonly string[]): Promise<readonly DispatchStatus[]>;

  /** Latest first. */
  messageHeads(page: {
    readonly cursor?: string;
    readonly count: number;
    readonly partner?: PartnerId;
    readonly traceId?: string;
  }): Promise<Page<MessageHead>>;

  /** False when there is one with this name. */
  addReplay(replay: Omit<StoredReplay, 'revision'>, audit: readonly AuditEvent[]): Promise<boolean>;
  replay(name: string): Promise<StoredReplay | undefined>;
  /** Latest first. */
  replays(): Promise<readonly StoredReplay[]>;
  /**
   * Records what was done with these items, puts their copies in the outbox, and sets the state: in one transaction.
   * False, and nothing is written, when it was changed since revision `expect`.
   */
  stepReplay(
    name: string,
    step: {
      readonly expect: number;
      readonly state: ReplayState;
      readonly content: string;
      readonly items: readonly ReplayedItem[];
      readonly now: Date;
      readonly audit: readonly AuditEvent[];
    },
  ): Promise<boolean>;
  /** How many items have each outcome. */
  replayCounts(name: string): Promise<Readonly<Record<string, number>>>;
  replayItems(name: string, page: { readonly cursor?: string; readonly count: number }): Promise<Page<ReplayItem>>;

  /** Retains a refused message, its body encrypted as other texts are, and removes those of which the term is over. */
  retainRefused(message: Omit<RefusedMessage, 'seq'> & { readonly body: Uint8Array }, until: Date): Promise<void>;
  /** Latest first, without bodies. */
  refusedMessages(query: {
    readonly partner?: PartnerId;
    readonly traceId?: string;
    readonly since?: Date;
    readonly until?: Date;
    readonly now: Date;
    readonly cursor?: string;
    readonly count: number;
  }): Promise<Page<RefusedMessage>>;
  /** With its body; undefined when there is none, or its term is over. */
  refusedMessage(id: string, now: Date): Promise<RefusedMessage | undefined>;
  /** Removes retained messages whose term is over; returns their number. */
  removeRefused(now: Date): Promise<number>;
};
