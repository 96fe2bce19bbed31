import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Dialect, Sql } from '../sql/sql.ts';
import type { KeyRing } from '../sql/vault/ring.ts';

/** Where a store is, from its address. */
/** `ring`: the keys of the store, for what reads its texts. */
export type Place = SqlitePlace | PostgresPlace;
export type SqlitePlace = { readonly kind: 'sqlite'; readonly file: string; readonly ring?: KeyRing | undefined };
export type PostgresPlace = { readonly kind: 'postgres'; readonly url: string; readonly ring?: KeyRing | undefined };

/** Issue: `store-type-unsupported`. */
export function placeOf(address: string): Result<Place> {
  const file = /^sqlite:(.+)$/.exec(address)?.[1];
  if (file !== undefined && file !== ':memory:') return success({ kind: 'sqlite', file });
  if (/^postgres(ql)?:\/\//.test(address)) return success({ kind: 'postgres', url: address });
  return failure(issue('store-type-unsupported', { store: address.replace(/:.*/, ':…') }));
}

/** The address as it may be printed: without user and password. */
export function shown(place: Place): string {
  if (place.kind === 'sqlite') return place.file;
  const url = URL.parse(place.url);
  return url ? `postgres://${url.host}${url.pathname}` : 'postgres:…';
}

/** A store that is only read. */
export type Source = {
  readonly place: Place;
  readonly dialect: Dialect;
  /** Reads outside a transaction. */
  readonly sql: Sql;
  /** Runs reads that all see the same state of the store. */
  readonly reading: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>;
  /** Another process that has it open, as far as can be seen. */
  readonly usedBy: () => Promise<string | undefined>;
  /** Bytes. */
  readonly size: () => Promise<number>;
  readonly close: () => Promise<void>;
};

/** A store that does not exist yet, or an empty database. */
export type Target = {
  readonly place: Place;
  /** Fails when it is not empty, or has less room than `bytes`. */
  readonly check: (bytes: number) => Promise<Result<undefined>>;
  /** Runs `work` in one transaction on an empty store with its schema. Nothing is left when it fails or throws. */
  readonly fill: <T>(work: (sql: Sql) => Promise<Result<T>>) => Promise<Result<T>>;
};
