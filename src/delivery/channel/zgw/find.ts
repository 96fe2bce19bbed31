import type { Zaak } from './case.ts';
import type { ZgwAnswer, ZgwApi } from './client.ts';
import { bron } from './settings.ts';

type Ended = Extract<ZgwAnswer, { readonly kind: 'ended' }>;

/** The zaak of an order by its number; `zaak` is absent when there is none. */
export async function findZaak(
  api: ZgwApi,
  number: string,
): Promise<{ readonly kind: 'found'; readonly zaak?: Zaak } | Ended> {
  const { zaken, rsin, numbering } = api.settings;
  const query =
    numbering === 'gateway'
      ? new URLSearchParams({ bronorganisatie: rsin, identificatie: number })
      : new URLSearchParams({ bronorganisatie: rsin, kenmerk: `${bron}:${number}` });
  const read = await api.get(`${zaken}/zaken?${query}`);
  if (read.kind === 'ended') return read;
  const there = listOf(read.value);
  // one that cannot be read may be ours: a second zaak would be opened beside it
  if (!there?.every(isZaak)) return unreadable();
  // a receiver that ignores a filter answers with the zaken of others
  const zaak = there.find((it) => numberOf(it) === number);
  // it may be on any of the pages: a number has one zaak, and no page after it
  if (!zaak && there.length > 0 && hasMore(read.value)) return unreadable();
  return { kind: 'found', ...(zaak ? { zaak } : {}) };
}

const hasMore = (value: unknown): boolean => {
  const next = (value as { readonly next?: unknown } | null)?.next;
  return next !== undefined && next !== null;
};

/** Number of our order in a zaak; undefined for a zaak of somebody else. */
export function numberOf({ identificatie, kenmerken }: Zaak): string | undefined {
  const named: readonly unknown[] = Array.isArray(kenmerken) ? kenmerken : [];
  const ours = named.map(kenmerkOf).find((it) => it.bron === bron)?.kenmerk ?? identificatie;
  return typeof ours === 'string' && /^[0-9a-f-]{36}$/.test(ours) ? ours : undefined;
}

const kenmerkOf = (value: unknown) => (value ?? {}) as { readonly bron?: unknown; readonly kenmerk?: unknown };

export function isZaak(value: unknown): value is Zaak {
  const it = (value ?? {}) as Partial<Record<keyof Zaak, unknown>>;
  const isAddress = (url: unknown) => url === undefined || url === null || typeof url === 'string';
  return (
    typeof it.url === 'string' && typeof it.zaaktype === 'string' && isAddress(it.status) && isAddress(it.resultaat)
  );
}

/** Lists come as a page (`results`) or, for relations, as a plain array. Undefined: no list, which is not an empty one. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  const results = Array.isArray(value) ? value : (value as { readonly results?: unknown } | null)?.results;
  return Array.isArray(results) ? results : undefined;
}

/** An answer that is not what the contract says: retried, since the receiver may be half deployed. */
export const unreadable = (): Ended => ({
  kind: 'ended',
  problem: { fields: [] },
  sent: { kind: 'retry', reason: { rule: 'receiver-answer-invalid', detail: 'ZGW' } },
});
