import type { PartnerId } from './resource.ts';

/** The keys of a store (docs/operate/keys.md). */
export type KeyStatus = {
  /** The current key of the ring; absent: texts are stored in clear. */
  readonly current?: string;
  /** Data keys of persons, by the key of the ring that wraps them, and of the secret of the index. */
  readonly wrapped: readonly { readonly kid: string; readonly persons: number; readonly index: boolean }[];
  /** Persons whose key was destroyed. */
  readonly erased: number;
  /** Entries of the journal with texts in clear. */
  readonly inClear: number;
};

/** What an erasure concerns, and what it did or would do. */
export type Erasure = {
  /** `Patient/<id>` of the person at this gateway: one for each referral. */
  readonly patients: readonly string[];
  readonly resources: number;
  readonly deliveries: number;
  readonly messages: number;
  /** `Type/id` of what is still open, and ids of deliveries that wait. */
  readonly open: readonly string[];
  /** Partners to which something about the person was delivered. */
  readonly recipients: readonly PartnerId[];
};

export type ErasureResult =
  | { readonly kind: 'erased' | 'would erase'; readonly erasure: Erasure }
  | { readonly kind: 'open'; readonly erasure: Erasure }
  /** Texts about the person are stored in clear: destroying a key would not erase them. */
  | { readonly kind: 'in clear' };

export type ErasureWish = {
  /** `Patient/<id>`. Those that are not stored any more are left out. */
  readonly patients: readonly string[];
  readonly now: Date;
  /** Name of the network, whose gateway erases. */
  readonly network: string;
  readonly reason: string;
  readonly evenIfOpen?: boolean;
  /** Says what it would do. */
  readonly dryRun?: boolean;
};

/** A partner that is to erase the person too. */
export type ErasureRequest = {
  readonly recipient: PartnerId;
  /** `ServiceRequest/<id>` or `Task/<id>` of the person, by which the partner knows it. */
  readonly focus: string;
  /** The other resources of the person that were delivered to it, as `Type/id`. */
  readonly others: readonly string[];
};

export type RecordedErasure = {
  readonly patient: string;
  readonly at: Date;
  readonly reason: string;
  readonly requests: readonly ErasureRequest[];
};

export type Vaulted = {
  keyStatus(): Promise<KeyStatus>;
  /** Wraps data keys under the current key: some at a time, from 0 on. Returns where the next step begins; undefined at the end. */
  rewrapKeys(from: number): Promise<number | undefined>;
  /** Gives the index a new secret: it is made anew at the next start. No gateway may run meanwhile. */
  renewIndex(): Promise<boolean>;
  /** Encrypts texts that an earlier release stored in clear, likewise. */
  encryptTexts(from: number): Promise<number | undefined>;
  /** Erases a person, in one transaction: data keys, resources, index, deliveries. The audit trail stays, and says so. */
  erasePerson(wish: ErasureWish): Promise<ErasureResult>;
  /** The persons that were erased, oldest first: a backup from before has them still. */
  erasures(): Promise<readonly RecordedErasure[]>;
};
