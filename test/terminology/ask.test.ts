import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { openTerminology, type TerminologySettings, terminologySettings } from '../../src/terminology/index.ts';
import type { Question } from '../../src/validation/index.ts';
import {
  issues,
  json,
  outcome,
  parameters,
  parametersIn,
  type Reply,
  startTerminologyServer,
} from '../support/servers/terminology-server.ts';

const snomed = 'http://snomed.info/sct';
const question = (code: string, more: Partial<Question> = {}): Question => ({
  kind: 'code',
  at: 'Condition.code',
  element: 'Condition.code',
  strength: 'required',
  codings: [{ system: snomed, code }],
  valueSet: 'http://example.org/ValueSet/diagnoses|2.0',
  systems: [snomed],
  ...more,
});

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A server with these responses, a client, and a clock that the test advances. */
async function stage(reply: Reply, settings: Partial<TerminologySettings> = {}) {
  const server = await startTerminologyServer(reply);
  let time = 0;
  const all = { ...terminologySettings({ url: server.url }), timeout: 60_000, ...settings };
  const terminology = openTerminology(
    all,
    () => time,
    () => undefined,
  );
  const told: string[] = [];
  terminology.watch((state) => told.push(state));
  ends.push(server.stop, terminology.close);
  return { server, ask: terminology.ask, told, pass: (ms: number) => (time += ms) };
}

describe('the request', () => {
  test('is POSTed as Parameters: value set, system, code, versions, and nothing else', async () => {
    const { server, ask } = await stage(parameters(true));
    const coding = { system: snomed, version: `${snomed}/11000146104`, code: '35489007', display: 'Jan is somber' };
    expect(await ask(question('', { codings: [coding] }))).toBe(true);
    expect(server.asked.map(({ path }) => path)).toEqual(['/fhir/ValueSet/$validate-code']);
    expect(parametersIn(server.asked[0]!.body)).toEqual([
      { name: 'url', valueUri: 'http://example.org/ValueSet/diagnoses' },
      { name: 'valueSetVersion', valueString: '2.0' },
      { name: 'system', valueUri: snomed },
      { name: 'code', valueCode: '35489007' },
      { name: 'systemVersion', valueString: `${snomed}/11000146104` },
    ]);
    expect(Object.keys(server.asked[0]!.headers).sort()).toEqual(
      ['accept', 'connection', 'content-length', 'content-type', 'host'].sort(),
    );
  });

  test('is CodeSystem/$validate-code when the value set includes the system completely', async () => {
    const { server, ask } = await stage(parameters(true));
    expect(await ask(question('1', { whole: [snomed] }))).toBe(true);
    expect(server.codes()).toEqual(['CodeSystem 1']);
    expect(parametersIn(server.asked[0]!.body)).toEqual([
      { name: 'url', valueUri: snomed },
      { name: 'code', valueCode: '1' },
    ]);
  });

  test('carries the token of the environment variable', async () => {
    process.env.TEST_TERMINOLOGY_TOKEN = 'secret';
    const { server, ask } = await stage(parameters(true), { tokenFrom: 'TEST_TERMINOLOGY_TOKEN' });
    await ask(question('1'));
    expect(server.asked[0]!.headers.authorization).toBe('Bearer secret');
  });

  test('for an element of type code names the only system of its value set; with several systems nothing is sent', async () => {
    const { server, ask } = await stage(parameters(true));
    const codings = [{ code: 'application/pdf' }];
    expect(await ask(question('', { codings, systems: ['urn:ietf:bcp:13'] }))).toBe(true);
    expect(parametersIn(server.asked[0]!.body)).toContainEqual({ name: 'system', valueUri: 'urn:ietf:bcp:13' });
    expect(await ask(question('', { codings, systems: ['urn:ietf:bcp:13', 'urn:other'] }))).toBeUndefined();
    expect(server.asked.length).toBe(1);
  });

  test.each([
    ['the number of a person', { system: 'http://fhir.nl/fhir/NamingSystem/bsn', code: '999900006' }],
    ['the same by its OID', { system: 'urn:oid:2.16.840.1.113883.2.4.6.3', code: '999900006' }],
    ['words in place of a code', { system: snomed, code: 'Jan de Vries' }],
    ['an address of mail', { system: snomed, code: 'jan@example.org' }],
    ['a system with a query', { system: 'http://example.org/Patient?name=Jan', code: '1' }],
    ['an empty system', { system: '', code: '1' }],
  ])('never contains %s', async (_, coding) => {
    const { server, ask } = await stage(parameters(true));
    expect(await ask(question('', { codings: [coding] }))).toBeUndefined();
    expect(server.asked).toEqual([]);
  });
});

describe('the response', () => {
  const ofFalse = (...more: object[]) => parameters(false, ...more);
  const message = (valueString: string) => ({ name: 'message', valueString });

  test.each<readonly [string, Reply, unknown]>([
    ['true', parameters(true, { name: 'display', valueString: 'Depressive disorder' }), true],
    ['false', ofFalse(), false],
    ['false for a code out of the set', ofFalse(issues('not-in-vs', 'this-code-not-in-vs')), false],
    [
      'false for a code that does not exist',
      ofFalse(message("Unknown code '1' in the CodeSystem"), issues('invalid-code')),
      false,
    ],
    ['false in words (HAPI)', ofFalse(message("Unknown code 'http://snomed.info/sct#1'")), false],
  ])('%s', async (_, reply, answer) => {
    const { ask } = await stage(reply);
    expect(await ask(question('1'))).toBe(answer);
  });

  test.each<readonly [string, Reply]>([
    ['a parameter', ofFalse({ name: 'x-caused-by-unknown-system', valueCanonical: snomed })],
    ['a parameter of older servers', ofFalse({ name: 'x-unknown-system', valueCanonical: snomed })],
    ['the type of an issue', ofFalse(issues('not-found'))],
    ['words: system', ofFalse(message("CodeSystem is unknown and can't be validated: http://snomed.info/sct"))],
    ['words: system, otherwise', ofFalse(message('A definition for CodeSystem http://x.org/y could not be found'))],
    ['words: value set', ofFalse(message('Unable to find value set http://example.org/ValueSet/diagnoses'))],
    ['404 with an OperationOutcome', outcome(404, 'not-found')],
    ['422 with an OperationOutcome', outcome(422, 'not-found')],
    ['400 with an OperationOutcome', outcome(400, 'not-supported')],
  ])('false because content is missing, stated by %s, does not count as false', async (_, reply) => {
    const { ask, told } = await stage(reply, { failures: 1 });
    expect(await ask(question('1'))).toBe('unknown');
    expect(told).toEqual([]);
  });

  test('for an unknown value set a second request decides: a code that does not exist is in no set', async () => {
    const reply =
      (exists: boolean): Reply =>
      (asked, response) =>
        (asked.path.includes('ValueSet') ? outcome(404, 'not-found') : parameters(exists))(asked, response);
    const { server, ask } = await stage(reply(false));
    expect(await ask(question('1'))).toBe(false);
    server.answerWith(reply(true));
    expect(await ask(question('2'))).toBe('unknown');
    expect(server.codes()).toEqual(['ValueSet 1', 'CodeSystem 1', 'ValueSet 2', 'CodeSystem 2']);
  });

  test('for several codings: one in the set is enough; outside requires all of them', async () => {
    const { ask } = await stage((asked, response) =>
      asked.code === 'gone'
        ? outcome(404, 'not-found')(asked, response)
        : parameters(asked.code === 'in')(asked, response),
    );
    const of = (...codes: string[]) => ask(question('', { codings: codes.map((code) => ({ system: snomed, code })) }));
    expect(await Promise.all([of('out', 'in'), of('out', 'out2'), of('gone', 'out'), of('gone', 'in')])).toEqual([
      true,
      false,
      'unknown',
      true,
    ]);
    expect(await of()).toBeUndefined();
  });
});

describe('a failed request leaves the question open', () => {
  const raw =
    (status: number, text: string, headers: Record<string, string> = {}): Reply =>
    (_, response) => {
      response.writeHead(status, headers);
      response.end(text);
    };

  test.each<readonly [string, Reply, number]>([
    ['500, asked once more', outcome(500, 'exception'), 2],
    ['503, asked once more', raw(503, 'away'), 2],
    ['404 of something that is no FHIR server', raw(404, '<html>'), 1],
    ['401', outcome(401, 'login'), 1],
    ['403', outcome(403, 'forbidden'), 1],
    ['429', outcome(429, 'throttled'), 1],
    ['garbage', raw(200, '{"resourceType":"Param'), 1],
    ['an empty body', raw(200, ''), 1],
    ['another resource', json(200, { resourceType: 'Bundle' }), 1],
    ['null', raw(200, 'null'), 1],
    ['Parameters without result', json(200, { resourceType: 'Parameters', parameter: 7 }), 1],
    [
      'a result that is text',
      json(200, { resourceType: 'Parameters', parameter: [{ name: 'result', valueBoolean: 'true' }, null] }),
      1,
    ],
    ['a huge body', raw(200, `{"resourceType":"Parameters","text":"${'x'.repeat(300_000)}"}`), 1],
  ])('%s', async (_, reply, requests) => {
    const { server, ask } = await stage(reply);
    expect(await ask(question('1'))).toBe('away');
    expect(server.asked.length).toBe(requests);
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await startTerminologyServer(parameters(true));
    ends.push(elsewhere.stop);
    const { ask } = await stage(raw(307, '', { location: `${elsewhere.url}/ValueSet/$validate-code` }));
    expect(await ask(question('1'))).toBe('away');
    expect(elsewhere.asked).toEqual([]);
  });

  test('an endless body is cut off', async () => {
    const { ask } = await stage(
      (_, response) => {
        response.writeHead(200);
        const more = () => response.write('x'.repeat(65_536)) && setTimeout(more, 1);
        more();
        response.on('drain', more);
      },
      { timeout: 600_000 }, // longer than the test may take: what ends it is the size
    );
    expect(await ask(question('1'))).toBe('away');
  });

  test('connection refused', async () => {
    const { server, ask } = await stage(parameters(true));
    await server.stop();
    expect(await ask(question('1'))).toBe('away');
  });

  test('500 once, then a response, is an answer', async () => {
    let count = 0;
    const { ask } = await stage((asked, response) => (count++ ? parameters(true) : raw(502, ''))(asked, response));
    expect(await ask(question('1'))).toBe(true);
  });
});

describe('a cached decision', () => {
  test('is reused until it expires; a negative one expires sooner', async () => {
    const { server, ask, pass } = await stage((asked, response) => parameters(asked.code === 'in')(asked, response), {
      cacheTtl: 1_000,
      negativeCacheTtl: 100,
    });
    const both = () => Promise.all([ask(question('in')), ask(question('out'))]);
    expect([await both(), await both()]).toEqual([
      [true, false],
      [true, false],
    ]);
    expect(server.codes()).toEqual(['ValueSet in', 'ValueSet out']);
    pass(100);
    await both();
    expect(server.codes().slice(2)).toEqual(['ValueSet out']);
    pass(900);
    await both();
    expect(server.codes().slice(3).sort()).toEqual(['ValueSet in', 'ValueSet out']);
  });

  test('is evicted, least recently used first, at the limit', async () => {
    const { server, ask } = await stage(parameters(true), { cacheEntries: 2 });
    for (const code of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(question(code));
    expect(server.codes()).toEqual(['a', 'b', 'c', 'b'].map((it) => `ValueSet ${it}`));
  });

  test('is not created by a failed request', async () => {
    const { server, ask } = await stage(outcome(403, 'forbidden'));
    await ask(question('1'));
    server.answerWith(parameters(true));
    expect(await ask(question('1'))).toBe(true);
  });

  test('is shared by concurrent questions: one request', async () => {
    const { server, ask } = await stage(async (asked, response) => {
      await pause(30);
      await parameters(true)(asked, response);
    });
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(question('1'))));
    expect(new Set(answers)).toEqual(new Set([true]));
    expect(server.asked.length).toBe(1);
  });
});

describe('a slow or unavailable server', () => {
  const silence: Reply = () => {};

  test('costs one timeout, however many questions', async () => {
    const { ask, server } = await stage(silence, { timeout: 200, maxConcurrent: 2, failures: 1_000 });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(question(`c${i}`))));
    expect(new Set(answers)).toEqual(new Set(['away']));
    expect(server.asked.length, 'the others gave up while they waited for their turn').toBeLessThan(10);
  });

  test('gets at most the configured number of concurrent requests', async () => {
    let [now, most] = [0, 0];
    const { ask, server } = await stage(
      async (asked, response) => {
        most = Math.max(most, ++now);
        await pause(5);
        now--;
        await parameters(true)(asked, response);
      },
      { maxConcurrent: 3 },
    );
    await Promise.all(Array.from({ length: 30 }, (_, i) => ask(question(`c${i}`))));
    expect([most, server.asked.length]).toEqual([3, 30]);
  });

  test('gets no requests after some failures, then one probe, then all again', async () => {
    const { ask, server, told, pass } = await stage(silence, { timeout: 1_000, failures: 2, pause: 1_000 });
    await Promise.all([ask(question('a')), ask(question('b'))]);
    expect(told).toEqual(['away']);
    for (let i = 0; i < 20; i++) expect(await ask(question(`c${i}`))).toBe('away');
    expect(server.asked.length).toBe(2);

    pass(1_000);
    await Promise.all([ask(question('probe')), ask(question('other'))]);
    expect(server.codes().slice(2)).toEqual(['ValueSet probe']);
    expect(await ask(question('still-away'))).toBe('away');
    expect(server.asked.length).toBe(3);

    pass(1_000);
    server.answerWith(parameters(true));
    expect(await ask(question('d'))).toBe(true);
    expect(await ask(question('e'))).toBe(true);
    expect(told).toEqual(['away', 'back']);
  });

  test('cached decisions stay valid while it is unavailable', async () => {
    const { ask, server } = await stage(parameters(true), { timeout: 1_000, failures: 1 });
    await ask(question('1'));
    server.answerWith(silence);
    expect([await ask(question('2')), await ask(question('1'))]).toEqual(['away', true]);
  });

  test('does not count as unavailable when one message has more questions than fit in the timeout; a resend gets further', async () => {
    const { ask, server, told } = await stage(
      async (asked, response) => {
        await pause(250);
        await parameters(true)(asked, response);
      },
      { maxConcurrent: 2, timeout: 2_000, failures: 1 },
    );
    const all = () => Promise.all(Array.from({ length: 24 }, (_, i) => ask(question(`c${i}`))));
    const [first] = [await all()];
    expect(new Set(first)).toEqual(new Set([true, 'away']));
    expect(told).toEqual([]);
    const answeredFirst = server.asked.length;
    for (let i = 0; i < 4; i++) await all();
    expect(await all()).toEqual(first.map(() => true));
    expect(server.asked.length).toBeLessThan(answeredFirst * 5);
  });

  test('does not count as unavailable for failing on one question', async () => {
    const { ask, server, told } = await stage(outcome(500, 'exception'), { failures: 1 });
    expect(await ask(question('poison'))).toBe('away');
    server.answerWith(parameters(true));
    expect([await ask(question('1')), told]).toEqual([true, []]);
  });
});
