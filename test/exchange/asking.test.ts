import type { Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { expectRefusal, person, recordingLog, referralText } from '../support/exchange/example-referral.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const { log, lines } = recordingLog();
let gateway: TestGateway;
let task: string;
beforeAll(async () => {
  gateway = await startGateway({ log });
  task = locationOf(await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText }), 'Task')!;
});
afterAll(async () => {
  await gateway.stop();
  expect(lines.join('\n')).not.toMatch(person);
});

const get = (path: string, headers: Readonly<Record<string, string>> = {}, as = 'gp-de-linde') =>
  gateway.ask('GET', path, { as, headers });

describe('the format of an answer', () => {
  test.each([
    ['application/fhir+xml;q=0.2, application/fhir+json;q=0.1', 'xml'],
    ['text/html, */*;q=0.1', 'json'],
    ['application/fhir+json;q=0, */*', 'xml'],
    ['APPLICATION/FHIR+XML; fhirVersion=4.0', 'xml'],
  ])('Accept: %s gives %s', async (accept, format) => {
    const answer = await get('/fhir/Task', { accept });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, `application/fhir+${format}; charset=utf-8`]);
  });

  test.each(['constructor', '__proto__', 'text/html', 'image/*', 'application/fhir+json; fhirVersion=3.0', ',;q=1'])(
    'Accept: %s is 406',
    (accept) => expectRefusal(gateway, ['GET', '/fhir/Task', { headers: { accept } }], [406, 'not-acceptable']),
  );

  test('_format goes before Accept, and an unknown one is 406', async () => {
    const answer = await get('/fhir/Task?_format=application/fhir+xml', { accept: 'application/fhir+json' });
    expect(answer.text).toMatch(/<Bundle /);
    expect((await get('/fhir/Task?_format=toString')).status).toBe(406);
  });

  test('a message that could not be answered is not taken in; who is unknown hears nothing of formats', async () => {
    const asking = { body: referralText, headers: { accept: 'text/html' } };
    await expectRefusal(gateway, ['POST', '/fhir', asking], [406, 'not-acceptable']);
    expect((await gateway.ask('POST', '/fhir', { ...asking, token: 'nobody' })).status).toBe(401);
  });
});

describe('what is not offered', () => {
  test.each([
    ['DELETE', '/fhir/Task/1', 'GET, HEAD, PUT, PATCH'],
    ['PUT', '/fhir/Patient/1', 'GET, HEAD'],
    ['GET', '/fhir', 'POST'],
    ['GET', '/fhir/Patient', ''],
    ['POST', '/fhir/Condition', 'GET, HEAD'],
  ] as const)('%s %s is 405 with Allow: %s', async (method, path, allow) => {
    const answer = await gateway.ask(method, path, { as: 'gp-de-linde', ...(method === 'GET' ? {} : { body: '{}' }) });
    expect([answer.status, answer.headers.allow]).toEqual([405, allow]);
  });

  test('is told only to whom is known, and is on record', async () => {
    expect((await gateway.ask('DELETE', '/fhir/Task/1')).status).toBe(401);
    await expectRefusal(gateway, ['DELETE', '/fhir/Task/1', {}], [405, 'interaction-unsupported']);
    await expectRefusal(gateway, ['POST', '/fhir/AuditEvent', { body: '{}' }], [404, 'not-found']);
  });

  test.each(['constructor', '__proto__', 'task', 'AuditEvent', 'Parameters'])(
    '%s is no type here, however it is asked',
    async (type) => {
      for (const path of [type, `${type}/1`, `${type}/1/_history`, `${type}/1/_history/1`])
        expect((await get(`/fhir/${path}`)).status).toBe(404);
    },
  );

  test.each(['%', '%zz', '%00', '..%2f..', 'a%20b', "'%3B--", 'x'.repeat(5000), '%ed%a0%80'])(
    'Task/%s is an id that nobody has',
    (id) => expectRefusal(gateway, ['GET', `/fhir/Task/${id}`, {}], [404, 'not-found']),
  );

  test.each(['abc', '0', '-1', '01', '1.0', '0x1', '1e0', '2', '9'.repeat(20)])(
    '_history/%s is no version',
    (version) => expectRefusal(gateway, ['GET', `/fhir/${task}/_history/${version}`, {}], [404, 'not-found']),
  );

  test('HEAD answers as GET without body; a slash at the end changes nothing', async () => {
    const head = await fetch(`${gateway.url}/fhir/${task}/`, {
      method: 'HEAD',
      headers: { authorization: 'Bearer demo-gp-de-linde' },
    });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, 'W/"1"', '']);
  });
});

describe('a hostile search', () => {
  test.each([
    ['_count=', 'search-value-malformed'],
    ['_count=1e3', 'search-value-malformed'],
    ['_count=-1', 'search-value-malformed'],
    ['_total=all', 'search-value-malformed'],
    ['_cursor=', 'search-value-malformed'],
    ['_cursor=%00%ff', 'search-value-malformed'],
    ['_sort=name', 'search-sort-unsupported'],
    ['status=,', 'search-value-malformed'],
    [`_id=${'a,'.repeat(400)}a`, 'search-value-malformed'],
    [`${'status=a&'.repeat(40)}status=a`, 'search-value-malformed'],
    ['authored-on=2026-13-01', 'search-value-malformed'],
    [`authored-on=${'ne2020,'.repeat(8)}ne2020`, 'search-too-costly'],
    [`status=${'a,'.repeat(60)}a&code=${'a,'.repeat(60)}a`, 'search-too-costly'],
    ['owner:identifier:x=a', 'search-parameter-unknown'],
    ['__proto__=a', 'search-parameter-unknown'],
    ['_include=Task:location', 'search-include-unsupported'],
    ['status:text=a', 'search-modifier-unsupported'],
    ['_has:Provenance:target:agent=a', 'search-parameter-unknown'],
    ['patient.identifier=999901102', 'search-parameter-unknown'],
  ])('Task?%s is 400', (query, rule) => expectRefusal(gateway, ['GET', `/fhir/Task?${query}`, {}], [400, rule]));

  test('a BSN in an address is refused, whatever it is asked of', () =>
    expectRefusal(
      gateway,
      ['GET', '/fhir/Task?requester:identifier=http://fhir.nl/fhir/NamingSystem/bsn|999901102', {}],
      [405, 'search-post-required'],
    ));

  test.each([
    ['application/fhir+json', '{"identifier":"x"}', 415, 'media-type-unsupported'],
    ['application/x-www-form-urlencoded', `identifier=${'x'.repeat(70_000)}`, 413, 'body-too-large'],
    ['application/x-www-form-urlencoded; charset=utf-16', 'identifier=x', 415, 'charset-unsupported'],
  ])('a form as %s is read with care', (contentType, body, status, rule) =>
    expectRefusal(gateway, ['POST', '/fhir/Patient/_search', { contentType, body }], [status, rule]),
  );

  test('a made-up cursor shows nothing more than there is to see', async () => {
    const cursor = Buffer.from('zzzzzzz.zzzzzzz').toString('base64url');
    const found = resourceOf<Bundle>(await get(`/fhir/Task?_cursor=${cursor}`, {}, 'ggz-de-kade'));
    expect(found.entry ?? []).toEqual([]);
  });
});

describe('$validate', () => {
  const ask = (body: string, path = '/fhir/$validate') => gateway.ask('POST', path, { as: 'gp-de-linde', body });
  const parametersWith = (parameter: unknown) => JSON.stringify({ resourceType: 'Parameters', parameter });

  test.each([null, [null], {}, [5], [{ name: 'resource' }], [{ name: 'resource', resource: 5 }]])(
    'Parameters with %j hold nothing to validate: 400',
    (parameter) =>
      expectRefusal(gateway, ['POST', '/fhir/$validate', { body: parametersWith(parameter) }], [400, 'body-missing']),
  );

  test('nor have other operations anything of them: 422', async () => {
    for (const parameter of [[null], [{ name: 5, valueCode: {} }]]) {
      const answer = await ask(parametersWith(parameter), '/fhir/HealthcareService/$find-place');
      expect([answer.status, resourceOf(answer).resourceType]).toEqual([422, 'OperationOutcome']);
    }
  });

  test('a profile that is not an address is let go; one that is not here is told', async () => {
    const resource = { resourceType: 'Patient' };
    const odd = await ask(
      parametersWith([
        { name: 'profile', valueUri: 5 },
        { name: 'resource', resource },
      ]),
    );
    expect(odd.status).toBe(200);
    const unknown = await ask(JSON.stringify(resource), '/fhir/$validate?profile=constructor');
    expect(rulesOf(unknown)[0]).toBe('profile-requested-not-loaded');
  });

  test('a huge resource is refused before it takes time', () =>
    expectRefusal(
      gateway,
      ['POST', '/fhir/$validate', { body: `{"resourceType":"Bundle","entry":[${'{"x":1},'.repeat(300_000)}{}]}` }],
      [413, 'too-many-values'],
    ));

  test('hostile texts are judged in time, and not repeated', async () => {
    const deep = `<div xmlns="http://www.w3.org/1999/xhtml">${'<b>'.repeat(200_000)}</div>`;
    const hostile = JSON.stringify({
      resourceType: 'Patient',
      id: 'a'.repeat(500_000),
      text: { status: 'generated', div: deep },
      birthDate: '1'.repeat(500_000),
      name: [{ family: `${' '.repeat(300_000)}x` }],
      gender: 'Proefpersoon',
    });
    const { value: answer, milliseconds } = await cpuTimeOf(() => ask(hostile));
    expect(milliseconds).toBeLessThan(3_000);
    expect(answer.text).not.toMatch(person);
    expect(answer.text.length).toBeLessThan(50_000);
    expect(resourceOf<OperationOutcome>(answer).issue[0]?.severity).toBe('error');
  });

  test('XML in another order is told as a finding: it is only asked about', async () => {
    const answer = await gateway.ask('POST', '/fhir/Patient/$validate', {
      as: 'gp-de-linde',
      contentType: 'application/fhir+xml',
      body: '<Patient xmlns="http://hl7.org/fhir"><birthDate value="1980-01-01"/><gender value="male"/></Patient>',
    });
    expect([answer.status, rulesOf(answer)[0]]).toEqual([200, 'xml-element-order']);
  });
});
