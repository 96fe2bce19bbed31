import type { Page, PartnerId } from './resource.ts';

/** A message as received, with its answer: sufficient to repeat the answer and to replay the message. */
export type Message = {
  readonly id: string;
  readonly partner: PartnerId;
  /** X-Request-Id: together with the partner the key for deduplication. */
  readonly requestId: string;
  readonly correlationId?: string;
  readonly traceId: string;
  /** Distinguishes a resend (same digest) from a reused id (another digest). */
  readonly bodyDigest: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly receivedAt: Date;
  /** Digest of the configuration set (profiles, maps, routes, network) that decided. */
  readonly configuration: string;
  readonly answer: { readonly status: number; readonly contentType: string; readonly body: string };
  /** JSON: the steps taken, and the decisions with their reasons. */
  readonly messageLog: string;
};

/** Names that a sender gave to a message, as digests, with a digest of its content. */
export type MessageKeys = {
  readonly keys: readonly string[];
  readonly content: string;
  /** It amends an earlier order, so that it may have its keys. */
  readonly amends: boolean;
  /** The keys name no message received before this time. */
  readonly since?: Date;
};

/** A message found by one of its keys, and `Type/id` of the resource by which its sender follows it. */
export type KeyedMessage = { readonly message: Message; readonly content: string; readonly location: string };

/** Received messages. */
export type Messages = {
  message(id: string): Promise<Message | undefined>;
  messageByRequest(partner: PartnerId, requestId: string): Promise<Message | undefined>;
  /** The message of this partner with one of these keys. */
  messageByKeys(partner: PartnerId, keys: Pick<MessageKeys, 'keys' | 'since'>): Promise<KeyedMessage | undefined>;

  /** In the order of storage, or reversed; a cursor continues in the order of its page. */
  messages(query: {
    readonly latestFirst?: boolean;
    readonly partner?: PartnerId;
    readonly traceId?: string;
    readonly cursor?: string;
    readonly count: number;
  }): Promise<Page<Message>>;
};
