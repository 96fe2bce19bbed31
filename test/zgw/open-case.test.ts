import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ZgwCase } from '../../src/delivery/channel/zgw/case.ts';
import { openCase, withdrawCase } from '../../src/delivery/channel/zgw/open-case.ts';
import type { ZgwSettings } from '../../src/delivery/channel/zgw/settings.ts';
import { openZgwClient } from '../../src/delivery/channel/zgw/zgw.ts';
import { hasContracts } from '../support/zgw/contract.ts';
import { type Municipality, startMunicipality } from '../support/zgw/municipality.ts';
import { catalogue, settingsFor, statuses } from '../support/zgw/network.ts';

/** One attempt of a delivery to a municipality, and the next after each way in which it can fail. */
const number = '5f0c1f0e-0000-4000-8000-000000000011';
const request: ZgwCase = {
  zaak: {
    bronorganisatie: catalogue.rsin,
    verantwoordelijkeOrganisatie: catalogue.rsin,
    zaaktype: catalogue.zaaktype,
    omschrijving: 'Vraag vanuit het mentaal gezondheidsnetwerk',
    identificatie: number,
    kenmerken: [{ kenmerk: number, bron: 'mgn-gateway' }],
    startdatum: '2026-11-27',
  },
  rollen: [
    {
      betrokkeneType: 'natuurlijk_persoon',
      roltoelichting: 'De persoon om wie het gaat',
      roltype: catalogue.roltypen[0]!,
      betrokkeneIdentificatie: { geslachtsnaam: 'Proefpersoon' },
    },
  ],
  eigenschappen: [{ eigenschap: catalogue.eigenschappen[0]!, waarde: 'finances' }],
  document: {
    bronorganisatie: catalogue.rsin,
    informatieobjecttype: catalogue.informatieobjecttype,
    titel: 'Doelen en activiteiten',
    taal: 'nld',
    auteur: 'mgn-gateway',
    creatiedatum: '2026-11-27',
    tekst: 'Weer overzicht over mijn geld — één doel',
  },
};

let municipality: Municipality;
const client = openZgwClient({ timeout: 5_000, maximumAnswer: 262_144 }, () => ({
  plainHttp: new Set(),
  named: [],
  loopback: true,
}));
beforeEach(async () => {
  municipality = await startMunicipality(catalogue);
});
afterEach(async () => {
  if (hasContracts) expect([...new Set(municipality.violations)]).toEqual([]);
  await municipality.close();
});
const at = (more: Partial<ZgwSettings> = {}, secret = municipality.secret) =>
  client.at({
    settings: settingsFor(municipality, more),
    secret,
    now: () => new Date(),
    cut: new AbortController().signal,
  });
const counts = () => {
  const { zaken, rollen, eigenschappen, documenten, koppelingen, statussen } = municipality;
  return [zaken, rollen, eigenschappen, documenten, koppelingen, statussen].map(({ length }) => length);
};
const once = [1, 1, 1, 1, 1, 1];

describe.each([
  ['step by step', {}],
  ['all in one', { register: 'all-in-one' }],
  ['numbered by the municipality', { numbering: 'municipality' }],
] as const)('opened %s', (_, settings) => {
  test('once, however often it is sent', async () => {
    for (let n = 0; n < 3; n++) expect((await openCase(at(settings), request)).kind).toBe('delivered');
    expect(counts()).toEqual(once);
    expect(municipality.zaken[0]?.identificatie === number).toBe(!('numbering' in settings));
    expect(municipality.contents).toEqual([request.document?.tekst]);
  });

  test('every answer lost in turn, it exists once in the end: the municipality is asked before anything is sent again', async () => {
    for (let lost = 0; ; lost++) {
      let asked = 0;
      municipality.fault = () => (asked++ === lost ? 'lost' : undefined);
      const sent = await openCase(at(settings), request);
      if (asked <= lost) break;
      expect(sent).toMatchObject({ kind: 'retry', reason: { rule: 'receiver-disconnected' } });
    }
    expect(counts()).toEqual(once);
  });
});

describe('documented errors', () => {
  test.each([
    [400, 'invalid', 'refused'],
    [401, 'not_authenticated', 'retry'],
    [403, 'permission_denied', 'refused'],
    [403, 'jwt-expired', 'retry'],
    [406, 'not_acceptable', 'refused'],
    [409, 'conflict', 'refused'],
    [410, 'gone', 'retry'],
    [412, 'precondition', 'refused'],
    [415, 'unsupported_media_type', 'refused'],
    [429, 'throttled', 'retry'],
    [500, 'error', 'retry'],
  ] as const)('%i %s at any request: %s, with nothing of the words of the receiver', async (status, code, kind) => {
    for (const path of ['/zaken/zaken', '/zaken/rollen', '/documenten/enkelvoudiginformatieobjecten']) {
      municipality.fault = (method, at) => (method === 'POST' && at === path ? { status, code } : undefined);
      const sent = await openCase(at(), request);
      expect(sent, path).toMatchObject({ kind, status });
      expect(JSON.stringify(sent)).not.toMatch(/Proefpersoon|999901102/);
    }
    municipality.fault = undefined;
    expect((await openCase(at(), request)).kind).toBe('delivered');
    expect(counts()).toEqual(once);
    // the answers that were made up are not those of the contract
    municipality.violations.length = 0;
  });

  test('Retry-After is honoured', async () => {
    municipality.fault = () => ({ status: 429, code: 'throttled', headers: { 'retry-after': '7' } });
    expect(await openCase(at(), request)).toMatchObject({ kind: 'retry', retryAfter: 7_000 });
    municipality.violations.length = 0;
  });

  test('a number that is taken, although the look-up did not find it: found by looking again', async () => {
    const { zaak, ...rest } = request;
    await openCase(at(), { zaak, ...rest });
    let looks = 0;
    const own = municipality.zaken[0]!;
    municipality.fault = (method, path) => {
      // another attempt stores it between the look-up and the request
      own.bronorganisatie = method === 'GET' && path === '/zaken/zaken' && looks++ === 0 ? '' : catalogue.rsin;
      return undefined;
    };
    expect((await openCase(at(), request)).kind).toBe('delivered');
    expect(counts()).toEqual(once);
    municipality.violations.length = 0;
  });

  test('a refusal names the field and the code', async () => {
    const wrong = { ...request, rollen: [{ ...request.rollen![0]!, roltype: `${catalogue.roltypen[0]}9` }] };
    expect(await openCase(at(), wrong)).toMatchObject({
      kind: 'refused',
      reason: { rule: 'receiver-refused', detail: '400 invalid roltype bad-url' },
    });
  });

  test('another secret is refused with what to renew', async () => {
    expect(await openCase(at({}, 'another-secret-of-enough-length-1'), request)).toMatchObject({
      kind: 'refused',
      status: 403,
    });
    expect(counts()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('a zaaktype without statuses in the configuration is not registered', async () => {
    const zaaktypen = [{ url: `${catalogue.zaaktype}9`, statuses: {}, results: {} }];
    expect(await openCase(at({ zaaktypen }), request)).toMatchObject({
      kind: 'refused',
      reason: { rule: 'zgw-zaaktype-unknown' },
    });
    expect(municipality.exchanged).toEqual([]);
  });

  test('an answer that leads out of the municipality is not followed', async () => {
    await openCase(at(), { zaak: request.zaak });
    municipality.zaken[0]!.status = null;
    Object.assign(municipality.zaken[0]!, { url: 'http://127.0.0.1:1/zaken/api/v1/zaken/1' });
    const sent = await openCase(at(), request);
    expect(sent).toMatchObject({ kind: 'refused' });
    municipality.violations.length = 0;
  });
});

test('withdrawn once, with the result that the end requires, however often it is sent and whatever is lost', async () => {
  await openCase(at(), request);
  for (let lost = 0; ; lost++) {
    let asked = 0;
    municipality.fault = () => (asked++ === lost ? 'lost' : undefined);
    await withdrawCase(at(), number);
    if (asked <= lost) break;
  }
  expect(municipality.resultaten).toHaveLength(1);
  expect(municipality.statussen.map(({ statustype }) => statustype)).toEqual([statuses.registered, statuses.withdrawn]);
  municipality.fault = undefined;
  // there was never one to withdraw
  expect(await withdrawCase(at(), '5f0c1f0e-0000-4000-8000-000000000012')).toEqual({ kind: 'delivered' });
});
