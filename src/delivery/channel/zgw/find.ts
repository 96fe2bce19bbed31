import type { Zaak } from './case.ts';
import type { ZgwAnswer, ZgwApi } from './client.ts';
import { classifyZgw } from './problem.ts';
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
  // a receiver that ignores a filter answers with the zaken of others
  const zaak = resultsOf(read.value)
    .filter(isZaak)
    .find((it) => numberOf(it) === number);
  return { kind: 'found', ...(zaak ? { zaak } : {}) };
}

/** Number of our order in a zaak; undefined for a zaak of somebody else. */
export function numberOf({ identificatie, kenmerken = [] }: Zaak): string | undefined {
  const ours = kenmerken.find((it) => it.bron === bron)?.kenmerk ?? identificatie;
  return ours !== undefined && /^[0-9a-f-]{36}$/.test(ours) ? ours : undefined;
}

export function isZaak(value: unknown): value is Zaak {
  const it = (value ?? {}) as Partial<Zaak>;
  return typeof it.url === 'string' && typeof it.zaaktype === 'string';
}

/** Lists come as a page (`results`) or, for relations, as a plain array. */
export function resultsOf(value: unknown): readonly unknown[] {
  const results = Array.isArray(value) ? value : (value as { readonly results?: unknown } | null)?.results;
  return Array.isArray(results) ? results : [];
}

/** An answer that is not what the contract says: retried, since the receiver may be half deployed. */
export const unreadable = (status = 502): Ended => ({
  kind: 'ended',
  problem: { fields: [] },
  sent: classifyZgw(status, { fields: [] }),
});
