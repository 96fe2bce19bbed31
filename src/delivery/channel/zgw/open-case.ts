import type { AttemptResult } from '../channel.ts';
import type { Zaak, ZgwCase } from './case.ts';
import type { ZgwAnswer, ZgwApi } from './client.ts';
import { findZaak, isZaak, listOf, unreadable } from './find.ts';
import type { Zaaktype } from './settings.ts';

type Ended = Extract<ZgwAnswer, { readonly kind: 'ended' }>;
type Done = { readonly kind: 'done' };
const done: Done = { kind: 'done' };

/**
 * Opens the zaak of a request, or completes one that an earlier attempt opened: the receiver is asked what it has before
 * anything is sent, so that an attempt without an answer leads to no second zaak, rol or document. The first status is
 * set last: municipalities start to work, and Open Zaak to notify, from then on.
 */
export async function openCase(api: ZgwApi, it: ZgwCase): Promise<AttemptResult> {
  const { zaken, numbering, zaaktypen } = api.settings;
  const type = zaaktypen.find(({ url }) => url === it.zaak.zaaktype);
  // its statuses would lead to no move
  if (!type) return { kind: 'refused', reason: { rule: 'zgw-zaaktype-unknown' } };
  const number = it.zaak.identificatie;
  const { identificatie: _, ...unnumbered } = it.zaak;
  const zaak = numbering === 'gateway' ? it.zaak : unnumbered;
  const opened = await zaakOf(api, { ...it, zaak: zaak as ZgwCase['zaak'] }, { number, type });
  if (opened.kind === 'ended') return opened.sent;
  const { url } = opened.zaak;
  const steps: readonly (() => Promise<Done | Ended>)[] = [
    () =>
      addMissing(api, it.rollen ?? [], {
        list: `${zaken}/rollen?${new URLSearchParams({ zaak: url })}`,
        same: ['betrokkeneType', 'roltype'],
        create: (rol) => api.post(`${zaken}/rollen`, { ...rol, zaak: url }),
      }),
    () =>
      addMissing(api, it.eigenschappen ?? [], {
        list: `${url}/zaakeigenschappen`,
        same: ['eigenschap'],
        create: (eigenschap) => api.post(`${url}/zaakeigenschappen`, { ...eigenschap, zaak: url }),
      }),
    () => (it.document ? addDocument(api, it.document, { url, number }) : Promise.resolve(done)),
    () => (type.first && !opened.zaak.status ? setStatus(api, url, type.first) : Promise.resolve(done)),
  ];
  for (const step of steps) {
    const ended = await step();
    if (ended.kind === 'ended') return ended.sent;
  }
  return { kind: 'delivered', location: url, status: 201 };
}

type Opened = { readonly kind: 'opened'; readonly zaak: Zaak };

async function zaakOf(
  api: ZgwApi,
  { zaak, rollen = [] }: ZgwCase,
  { number, type }: { readonly number: string; readonly type: Zaaktype },
): Promise<Opened | Ended> {
  const { zaken, register } = api.settings;
  const found = await findZaak(api, number);
  if (found.kind === 'ended') return found;
  if (found.zaak) return { kind: 'opened', zaak: found.zaak };
  const created =
    register === 'all-in-one' && type.first
      ? await api.post(`${zaken}/zaak_registreren`, {
          zaak,
          rollen,
          status: { statustype: type.first, datumStatusGezet: api.now().toISOString() },
        })
      : await api.post(`${zaken}/zaken`, zaak);
  if (created.kind === 'ended') {
    // stored by an attempt of which the answer was lost, after it was looked up
    if (!created.problem.fields.includes('identificatie identificatie-niet-uniek')) return created;
    const again = await findZaak(api, number);
    if (again.kind === 'ended') return again;
    return again.zaak ? { kind: 'opened', zaak: again.zaak } : created;
  }
  const inside = (created.value as { readonly zaak?: unknown } | null)?.zaak;
  const own = isZaak(inside) ? inside : created.value;
  return isZaak(own) ? { kind: 'opened', zaak: own } : unreadable();
}

type Adding<T> = {
  readonly list: string;
  /** Elements by which what is there is recognised. */
  readonly same: readonly (keyof T & string)[];
  readonly create: (it: T) => Promise<ZgwAnswer>;
};

async function addMissing<T extends object>(
  api: ZgwApi,
  wanted: readonly T[],
  { list, same, create }: Adding<T>,
): Promise<Done | Ended> {
  if (wanted.length === 0) return done;
  const read = await api.get(list);
  if (read.kind === 'ended') return read;
  const there = listOf(read.value) as readonly (Partial<T> | null)[] | undefined;
  if (!there) return unreadable();
  for (const it of wanted) {
    if (there.some((other) => same.every((name) => other?.[name] === it[name]))) continue;
    const created = await create(it);
    if (created.kind === 'ended') return created;
  }
  return done;
}

/** The document has the number of the order, by which it is found again when the answer of an attempt was lost. */
async function addDocument(
  api: ZgwApi,
  document: NonNullable<ZgwCase['document']>,
  { url, number }: { readonly url: string; readonly number: string },
): Promise<Done | Ended> {
  const { zaken, documenten } = api.settings;
  const linked = await api.get(`${zaken}/zaakinformatieobjecten?${new URLSearchParams({ zaak: url })}`);
  if (linked.kind === 'ended') return linked;
  const links = listOf(linked.value);
  if (!links) return unreadable();
  if (links.length) return done;
  const place = `${documenten}/enkelvoudiginformatieobjecten`;
  const named = new URLSearchParams({ identificatie: number, bronorganisatie: document.bronorganisatie });
  const earlier = await api.get(`${place}?${named}`);
  if (earlier.kind === 'ended') return earlier;
  const documents = listOf(earlier.value);
  if (!documents) return unreadable();
  let informatieobject = documents.map(urlOf).find(Boolean);
  if (!informatieobject) {
    const { tekst, ...rest } = document;
    const inhoud = Buffer.from(tekst);
    const created = await api.post(place, {
      ...rest,
      identificatie: number,
      inhoud: inhoud.toString('base64'),
      bestandsomvang: inhoud.length,
    });
    if (created.kind === 'ended') return created;
    informatieobject = urlOf(created.value);
  }
  if (!informatieobject) return unreadable();
  const link = await api.post(`${zaken}/zaakinformatieobjecten`, { zaak: url, informatieobject });
  return link.kind === 'ended' ? link : done;
}

async function setStatus(api: ZgwApi, zaak: string, statustype: string): Promise<Done | Ended> {
  const set = await api.post(`${api.settings.zaken}/statussen`, {
    zaak,
    statustype,
    datumStatusGezet: api.now().toISOString(),
  });
  return set.kind === 'ended' ? set : done;
}

const urlOf = (value: unknown): string | undefined => {
  const url = (value as { readonly url?: unknown } | null)?.url;
  return typeof url === 'string' ? url : undefined;
};

/** Sets the status, and the result, of the zaak of a request that was withdrawn. Without a zaak there is nothing to withdraw. */
export async function withdrawCase(api: ZgwApi, number: string): Promise<AttemptResult> {
  const found = await findZaak(api, number);
  if (found.kind === 'ended') return found.sent;
  if (!found.zaak) return { kind: 'delivered' };
  const { url, zaaktype, status, resultaat } = found.zaak;
  const withdrawn = api.settings.zaaktypen.find((it) => it.url === zaaktype)?.withdrawn;
  if (!withdrawn) return { kind: 'refused', reason: { rule: 'zgw-withdrawal-unconfigured' } };
  if (status) {
    const current = await api.get(status);
    if (current.kind === 'ended') return current.sent;
    if ((current.value as { readonly statustype?: unknown })?.statustype === withdrawn.statustype)
      return { kind: 'delivered', location: url };
  }
  if (withdrawn.resultaattype && !resultaat) {
    const created = await api.post(`${api.settings.zaken}/resultaten`, {
      zaak: url,
      resultaattype: withdrawn.resultaattype,
    });
    if (created.kind === 'ended') return created.sent;
  }
  const set = await setStatus(api, url, withdrawn.statustype);
  return set.kind === 'ended' ? set.sent : { kind: 'delivered', location: url };
}
