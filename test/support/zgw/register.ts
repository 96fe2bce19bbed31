/** What a municipality stores, and the rules by which it takes it in: those that the standard states beside its schemas. */
import { randomUUID } from 'node:crypto';

/** The types that the municipality has published. */
export type Catalogue = {
  readonly rsin: string;
  readonly zaaktype: string;
  readonly roltypen: readonly string[];
  readonly eigenschappen: readonly string[];
  readonly informatieobjecttype: string;
  readonly statustypen: readonly { readonly url: string; readonly isEnd?: boolean }[];
  readonly resultaattypen: readonly string[];
};

export type Row = Record<string, unknown> & { readonly url: string; readonly uuid: string };
export type Answered = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};
export type Asked = {
  readonly api: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
};

export type Register = {
  readonly zaken: Row[];
  readonly rollen: Row[];
  readonly eigenschappen: Row[];
  readonly statussen: Row[];
  readonly resultaten: Row[];
  readonly documenten: Row[];
  /** Texts of the documents. */
  readonly contents: string[];
  readonly koppelingen: Row[];
  readonly subscriptions: { readonly callbackUrl: string; readonly auth: string; readonly kanalen: unknown }[];
  readonly carryOut: (asked: Asked) => Promise<Answered>;
  /** An official moves the zaak. */
  readonly setStatus: (zaak: string, statustype: string) => void;
  readonly setResult: (zaak: string, resultaattype: string) => void;
};

export const problem = (
  status: number,
  code: string,
  invalidParams: readonly { readonly name: string; readonly code: string; readonly reason: string }[] = [],
): Answered => ({
  status,
  body: {
    type: 'https://municipality.example/ref/fouten/',
    code,
    title: 'Fout',
    status,
    // words of a receiver may contain anything
    detail: 'Testa Proefpersoon, 999901102',
    instance: `urn:uuid:${randomUUID()}`,
    ...(status === 400 ? { invalidParams } : {}),
  },
});

const invalid = (name: string, code: string) => problem(400, 'invalid', [{ name, code, reason: 'Proefpersoon' }]);
const created = (body: object): Answered => ({ status: 201, body });
const page = (results: readonly unknown[]): Answered => ({
  status: 200,
  body: { count: results.length, next: null, previous: null, results },
});

export function makeRegister(origin: string, catalogue: Catalogue): Register {
  const zaakRoot = `${origin}/zaken/api/v1`;
  const documentRoot = `${origin}/documenten/api/v1`;
  const it = {
    zaken: [] as Row[],
    rollen: [] as Row[],
    eigenschappen: [] as Row[],
    statussen: [] as Row[],
    resultaten: [] as Row[],
    documenten: [] as Row[],
    contents: [] as string[],
    koppelingen: [] as Row[],
    subscriptions: [] as Register['subscriptions'],
  };
  const row = (root: string, name: string): Row => {
    const uuid = randomUUID();
    return { url: `${root}/${name}/${uuid}`, uuid };
  };
  const zaakAt = (url: unknown) => it.zaken.find((zaak) => zaak.url === url);

  const putStatus = (zaak: Row, statustype: unknown, rest: object = {}): Row => {
    for (const earlier of it.statussen) if (earlier.zaak === zaak.url) earlier.indicatieLaatstGezetteStatus = false;
    const status: Row = {
      ...row(zaakRoot, 'statussen'),
      zaak: zaak.url,
      statustype,
      datumStatusGezet: new Date().toISOString(),
      statustoelichting: '',
      indicatieLaatstGezetteStatus: true,
      zaakinformatieobjecten: [],
      ...rest,
    };
    it.statussen.push(status);
    zaak.status = status.url;
    if (catalogue.statustypen.some(({ url, isEnd }) => isEnd && url === statustype)) zaak.einddatum = '2026-12-31';
    return status;
  };

  const openZaak = (sent: Record<string, unknown>): Answered => {
    if (sent.zaaktype !== catalogue.zaaktype) return invalid('zaaktype', 'bad-url');
    if (sent.bronorganisatie !== catalogue.rsin) return invalid('bronorganisatie', 'invalid');
    const number = sent.identificatie ?? `ZAAK-2026-${String(it.zaken.length + 1).padStart(10, '0')}`;
    if (it.zaken.some((zaak) => zaak.identificatie === number))
      return invalid('identificatie', 'identificatie-niet-uniek');
    const zaak: Row = {
      ...row(zaakRoot, 'zaken'),
      betalingsindicatieWeergave: '',
      deelzaken: [],
      eigenschappen: [],
      einddatum: null,
      laatstGemuteerd: new Date().toISOString(),
      resultaat: null,
      rollen: [],
      status: null,
      zaakinformatieobjecten: [],
      zaakobjecten: [],
      ...sent,
      identificatie: number,
    };
    it.zaken.push(zaak);
    return created(zaak);
  };
  const addRol = (sent: Record<string, unknown>, zaak: string): Answered => {
    if (!catalogue.roltypen.includes(String(sent.roltype))) return invalid('roltype', 'bad-url');
    const rol: Row = {
      ...row(zaakRoot, 'rollen'),
      omschrijving: 'Rol',
      omschrijvingGeneriek: 'belanghebbende',
      registratiedatum: new Date().toISOString(),
      statussen: [],
      ...sent,
      zaak,
    };
    it.rollen.push(rol);
    return created(rol);
  };

  const zaken: Record<string, (asked: Asked, id: string) => Answered> = {
    'GET /zaken': ({ query }) => {
      const kenmerk = query.get('kenmerk')?.split(':');
      return page(
        it.zaken.filter(
          (zaak) =>
            zaak.bronorganisatie === query.get('bronorganisatie') &&
            (!query.has('identificatie') || zaak.identificatie === query.get('identificatie')) &&
            (!kenmerk ||
              ((zaak.kenmerken ?? []) as { kenmerk: string; bron: string }[]).some(
                (own) => own.bron === kenmerk[0] && own.kenmerk === kenmerk[1],
              )),
        ),
      );
    },
    'POST /zaken': ({ body }) => openZaak(body as Record<string, unknown>),
    'GET /zaken/:id': (_, id) => one(it.zaken, id),
    'POST /zaak_registreren': ({ body }) => {
      const sent = body as {
        zaak: Record<string, unknown>;
        rollen: Record<string, unknown>[];
        status: Record<string, unknown>;
      };
      if (sent.rollen.some(({ roltype }) => !catalogue.roltypen.includes(String(roltype))))
        return invalid('rollen.0.roltype', 'bad-url');
      const opened = openZaak(sent.zaak);
      if (opened.status !== 201) return opened;
      const zaak = opened.body as Row;
      const rollen = sent.rollen.map((rol) => addRol(rol, zaak.url).body);
      const status = putStatus(zaak, sent.status.statustype, sent.status);
      return created({ zaak, rollen, status, zaakinformatieobjecten: [], zaakobjecten: [] });
    },
    'GET /rollen': ({ query }) => page(it.rollen.filter(({ zaak }) => zaak === query.get('zaak'))),
    'POST /rollen': ({ body }) => {
      const sent = body as Record<string, unknown>;
      return zaakAt(sent.zaak) ? addRol(sent, String(sent.zaak)) : invalid('zaak', 'does_not_exist');
    },
    'GET /zaken/:id/zaakeigenschappen': (_, id) => ({
      status: 200,
      body: it.eigenschappen.filter(({ zaak }) => String(zaak).endsWith(id)),
    }),
    'POST /zaken/:id/zaakeigenschappen': ({ body }) => {
      const sent = body as Record<string, unknown>;
      if (!catalogue.eigenschappen.includes(String(sent.eigenschap))) return invalid('eigenschap', 'bad-url');
      const eigenschap: Row = { ...row(String(sent.zaak), 'zaakeigenschappen'), naam: 'Eigenschap', ...sent };
      it.eigenschappen.push(eigenschap);
      return created(eigenschap);
    },
    'GET /zaakinformatieobjecten': ({ query }) => ({
      status: 200,
      body: it.koppelingen.filter(({ zaak }) => zaak === query.get('zaak')),
    }),
    'POST /zaakinformatieobjecten': ({ body }) => {
      const sent = body as Record<string, unknown>;
      if (!it.documenten.some(({ url }) => url === sent.informatieobject))
        return invalid('informatieobject', 'bad-url');
      const koppeling: Row = {
        ...row(zaakRoot, 'zaakinformatieobjecten'),
        aardRelatieWeergave: 'Hoort bij, omgekeerd: kent',
        registratiedatum: new Date().toISOString(),
        ...sent,
      };
      it.koppelingen.push(koppeling);
      return created(koppeling);
    },
    'GET /statussen/:id': (_, id) => one(it.statussen, id),
    'POST /statussen': ({ body }) => {
      const sent = body as Record<string, unknown>;
      const zaak = zaakAt(sent.zaak);
      const type = catalogue.statustypen.find(({ url }) => url === sent.statustype);
      if (!zaak) return invalid('zaak', 'does_not_exist');
      if (!type) return invalid('statustype', 'zaaktype-mismatch');
      if (type.isEnd && !zaak.resultaat) return invalid('nonFieldErrors', 'resultaat-does-not-exist');
      return created(putStatus(zaak, sent.statustype, sent));
    },
    'GET /resultaten/:id': (_, id) => one(it.resultaten, id),
    'POST /resultaten': ({ body }) => {
      const sent = body as Record<string, unknown>;
      const zaak = zaakAt(sent.zaak);
      if (!zaak || !catalogue.resultaattypen.includes(String(sent.resultaattype)))
        return invalid('resultaattype', 'bad-url');
      const resultaat: Row = { ...row(zaakRoot, 'resultaten'), ...sent };
      it.resultaten.push(resultaat);
      zaak.resultaat = resultaat.url;
      return created(resultaat);
    },
  };
  const documenten: typeof zaken = {
    'GET /enkelvoudiginformatieobjecten': ({ query }) =>
      page(it.documenten.filter(({ identificatie }) => identificatie === query.get('identificatie'))),
    'POST /enkelvoudiginformatieobjecten': ({ body }) => {
      const sent = body as Record<string, unknown>;
      if (sent.informatieobjecttype !== catalogue.informatieobjecttype)
        return invalid('informatieobjecttype', 'bad-url');
      if (it.documenten.some(({ identificatie }) => identificatie === sent.identificatie))
        return invalid('identificatie', 'identificatie-niet-uniek');
      const { inhoud, ...rest } = sent;
      const document: Row = {
        ...row(documentRoot, 'enkelvoudiginformatieobjecten'),
        beginRegistratie: new Date().toISOString(),
        versie: 1,
        locked: false,
        bestandsdelen: [],
        ...rest,
        inhoud: `${documentRoot}/enkelvoudiginformatieobjecten/download`,
      };
      it.documenten.push(document);
      it.contents.push(Buffer.from(String(inhoud), 'base64').toString());
      return created(document);
    },
  };
  const notificaties: Record<string, (asked: Asked, id: string) => Answered | Promise<Answered>> = {
    'GET /abonnement': () => ({ status: 200, body: it.subscriptions }),
    'POST /abonnement': async ({ body }) => {
      const sent = body as Register['subscriptions'][number];
      const test = {
        kanaal: 'test',
        hoofdObject: 'http://some.hoofdobject.example/',
        resource: 'some',
        actie: 'create',
        kenmerken: {},
      };
      const call = (headers: Record<string, string>) =>
        fetch(sent.callbackUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(test),
        });
      const reached = await call({}).catch(() => undefined);
      if (!reached) return invalid('callbackUrl', 'invalid-callback-url');
      if (reached.status === 204) return invalid('callbackUrl', 'no-auth-on-callback-url');
      if ((await call({ authorization: sent.auth })).status !== 204)
        return invalid('callbackUrl', 'invalid-callback-url');
      const made = { ...row(`${origin}/notificaties/api/v1`, 'abonnement'), ...sent };
      it.subscriptions.push(made);
      return created(made);
    },
  };
  const apis: Readonly<Record<string, typeof notificaties>> = { zaken, documenten, notificaties };
  return {
    ...it,
    carryOut: async (asked) => {
      const [, id = ''] = /\/([0-9a-f-]{36})(?=\/|$)/.exec(asked.path) ?? [];
      const name = `${asked.method} ${asked.path.replace(/\/[0-9a-f-]{36}(?=\/|$)/, '/:id')}`;
      return (await apis[asked.api]?.[name]?.(asked, id)) ?? problem(404, 'not_found');
    },
    setStatus: (url, statustype) => {
      const zaak = zaakAt(url);
      if (zaak) putStatus(zaak, statustype);
    },
    setResult: (url, resultaattype) => {
      const zaak = zaakAt(url);
      if (!zaak) return;
      const resultaat: Row = { ...row(zaakRoot, 'resultaten'), zaak: url, resultaattype, toelichting: '' };
      it.resultaten.push(resultaat);
      zaak.resultaat = resultaat.url;
    },
  };
}

const one = (rows: readonly Row[], id: string): Answered => {
  const found = rows.find(({ uuid }) => uuid === id);
  return found ? { status: 200, body: found } : problem(404, 'not_found');
};
