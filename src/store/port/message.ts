import type { Page, PartnerId } from './resource.ts';

/** A message as it was received, with the answer that was given: enough to offer the answer again and to replay. */
export type Message = {
  readonly id: string;
  readonly partner: PartnerId;
  /** X-Request-Id: with the partner it is the key of deduplication. */
  readonly requestId: string;
  readonly correlationId?: string;
  readonly traceId: string;
  /** Tells a resend (same digest) from a reuse of the id (another digest). */
  readonly bodyDigest: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly receivedAt: Date;
  /** Digest of the configuration set (profiles, maps, routes, network) that decided. */
  readonly configuration: string;
  readonly answer: { readonly status: number; readonly contentType: string; readonly body: string };
  /** JSON: the steps that were taken and the decisions with their reasons. */
  readonly messageLog: string;
};

/** The messages that came in. */
export type Messages = {
  message(id: string): Promise<Message | undefined>;
  messageByRequest(partner: PartnerId, requestId: string): Promise<Message | undefined>;

  /** In the order in which they were stored, or the other way round; a cursor goes on in the order of its page. */
  messages(query: {
    readonly latestFirst?: boolean;
    readonly partner?: PartnerId;
    readonly traceId?: string;
    readonly cursor?: string;
    readonly count: number;
  }): Promise<Page<Message>>;
};
