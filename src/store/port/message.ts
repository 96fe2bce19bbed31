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

/** Received messages. */
export type Messages = {
  message(id: string): Promise<Message | undefined>;
  messageByRequest(partner: PartnerId, requestId: string): Promise<Message | undefined>;

  /** In the order of storage, or reversed; a cursor continues in the order of its page. */
  messages(query: {
    readonly latestFirst?: boolean;
    readonly partner?: PartnerId;
    readonly traceId?: string;
    readonly cursor?: string;
    readonly count: number;
  }): Promise<Page<Message>>;
};
