import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationOutcome, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isType } from '../../src/fhir/resource.ts';
import { acknowledgedIn, findingsIn } from '../support/hl7v2/acknowledgement.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const example = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.hl7'), 'utf8');
const referral = example('120-ref-i12');
const er7 = 'x-application/hl7-v2+er7';

let team: Sink;
let gateway: TestGateway;
beforeAll(async () => {
  team = await startSink();
  gateway = await startGateway({ addresses: { 'registration-team': team.url } });
});
afterAll(async () => {
  await gateway.stop();
  await team.close();
});

/** As a system that speaks HL7 v2 sends it: without X-Request-Id. */
const send = (body: string | Buffer, contentType = er7, as = 'gp-de-linde', requestId: string | null = null) =>
  gateway.ask('POST', '/intake/referral', { as, body, contentType, requestId });
/** What was delivered of the message with this number. */
const deliveredOf = (control: string) => team.received.filter(({ text }) => text.includes(`"${control}"`));
const numbered = (control: string, text = referral): string => text.replaceAll('R-120', control);

test('a REF^I12 is acknowledged, and delivered as FHIR', async () => {
  const answer = await send(numbered('A-1'));
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers['content-type']).toBe('x-application/hl7-v2+er7; charset=utf-8');
  expect(acknowledgedIn(answer.text)).toEqual({ code: 'AA', of: 'A-1' });
  expect(answer.text).toMatch(
    /^MSH\|\^~\\&\|MGN\|\|HIS De Linde\|Huisartsenpraktijk De Linde\|\d{14}\+0000\|\|ACK\^I12\^ACK\|/,
  );
  await expect.poll(() => deliveredOf('A-1')).toHaveLength(1);
  const resources = (deliveredOf('A-1')[0]?.bundle.entry ?? []).map(({ resource }) => resource);
  const person = resources.find((it): it is Patient => isType(it, 'Patient'));
  const order = resources.find((it): it is ServiceRequest => isType(it, 'ServiceRequest'));
  const task = resources.find((it): it is Task => isType(it, 'Task'));
  expect(person?.identifier).toContainEqual(expect.objectContaining({ value: '999901102' }));
  expect(order?.reasonCode?.[0]?.text).toContain('graag een verkennend gesprek');
  expect(task?.owner?.reference).toContain('HealthcareService/conversation-zonnerveen');
});

test('a resend is known by its sender and MSH-10: acknowledged again, delivered once', async () => {
  const first = await send(numbered('A-2'));
  const again = await send(numbered('A-2'));
  expect([again.status, acknowledgedIn(again.text)]).toEqual([200, { code: 'AA', of: 'A-2' }]);
  expect(findingsIn(again.text)).toEqual(findingsIn(first.text));
  const other = await send(numbered('A-2').replace('99990101', '99990102'), er7, 'gp-veenzicht');
  expect(acknowledgedIn(other.text).code, 'the number of another sender is another number').toBe('AA');
  await expect.poll(() => deliveredOf('A-2')).toHaveLength(2);
  await send(numbered('A-2b'));
  await expect.poll(() => deliveredOf('A-2b')).toHaveLength(1);
  expect(deliveredOf('A-2'), 'what was sent after it is there: a third would be too').toHaveLength(2);
});

test('the number of another message is rejected: nothing is done', async () => {
  await send(numbered('A-3'));
  const reused = await send(numbered('A-3').replace('Somber', 'Heel somber'));
  expect([reused.status, acknowledgedIn(reused.text)]).toEqual([409, { code: 'AR', of: 'A-3' }]);
  expect(findingsIn(reused.text).map(({ rule }) => rule)).toEqual(['request-id-reused']);
});

test('what is wrong is told by segment and field in two languages, without a value of the message', async () => {
  const wrong = numbered('A-4').replace('999901102', '999901103').replace('19900228', '28021990');
  const answer = await send(wrong);
  expect([answer.status, acknowledgedIn(answer.text)]).toEqual([422, { code: 'AE', of: 'A-4' }]);
  const errors = findingsIn(answer.text).filter(({ severity }) => severity === 'E');
  expect(errors.map(({ at }) => at)).toEqual(expect.arrayContaining(['PID^1^3^1^1', 'PID^1^7^1']));
  for (const { en, nl } of errors) expect([en, nl].every((it) => it && it.length > 10)).toBe(true);
  expect(answer.text).not.toMatch(/99990110|Proefpersoon|28021990|2802-19-90/);
});

test('a code that no table knows is told, and stands in the record of the message', async () => {
  const requestId = randomUUID();
  const answer = await send(numbered('A-5').replace('R^Routine', 'X^Whenever'), er7, 'gp-de-linde', requestId);
  expect(findingsIn(answer.text)).toContainEqual(
    expect.objectContaining({ rule: 'code-queued', at: 'RF1^1^2^1^1', severity: 'W' }),
  );
  const stored = await gateway.store.messageByRequest('gp-de-linde', requestId);
  expect(JSON.parse(stored?.messageLog ?? '{}').unmapped).toEqual([
    expect.objectContaining({ table: '#Priority', code: 'X', handling: 'queue' }),
  ]);
});

test('the character set of the content type goes before that of MSH-18', async () => {
  const text = numbered('A-6').replace('Testa', 'Renée');
  const answer = await send(Buffer.from(text, 'latin1'), `${er7}; charset=iso-8859-1`);
  expect(answer.status, answer.text).toBe(200);
  await expect.poll(() => deliveredOf('A-6')).toHaveLength(1);
  expect(deliveredOf('A-6')[0]?.text).toContain('Renée');
  const unknown = await send(numbered('A-7'), `${er7}; charset=klingon`);
  expect([unknown.status, rulesOf(unknown)]).toEqual([415, ['charset-unsupported']]);
});

test('delimiters and escapes of the sender are understood, and MSA-2 comes back in ours', async () => {
  const own = numbered('A&8').replaceAll('\\', '!').replaceAll('&', '%').replaceAll('^', '$');
  const answer = await send(own);
  expect(acknowledgedIn(answer.text), answer.text).toEqual({ code: 'AA', of: 'A%8' });
  const marked = await send(numbered('A\\T\\9'));
  expect(acknowledgedIn(marked.text)).toEqual({ code: 'AA', of: 'A\\T\\9' });
});

test('who is not known, or sends what has no header, gets an OperationOutcome', async () => {
  const stranger = await gateway.ask('POST', '/intake/referral', { body: referral, contentType: er7, requestId: null });
  expect([stranger.status, rulesOf(stranger)]).toEqual([401, ['login-missing']]);
  for (const [body, rule] of [
    ['PID|1', 'hl7-syntax'],
    [numbered(''), 'hl7-field-missing'],
  ] as const) {
    const answer = await send(body);
    expect([answer.status, rulesOf(answer)]).toEqual([400, [rule]]);
  }
});

test('what has more parts than a referral can have is not read', async () => {
  for (const flood of ['NK1|\r'.repeat(100_000), `NTE|1||${'~'.repeat(100_000)}`]) {
    const answer = await send(`${numbered('A-10')}${flood}`, er7, 'gp-de-linde', randomUUID());
    expect([answer.status, findingsIn(answer.text)[0]?.rule]).toEqual([413, 'too-many-values']);
  }
});

test('another intake is not there: what is, is told', async () => {
  const answer = await gateway.ask('POST', '/intake/nothing', { as: 'gp-de-linde', body: '{}' });
  expect([answer.status, rulesOf(answer)]).toEqual([404, ['intake-unknown']]);
  expect((JSON.parse(answer.text) as OperationOutcome).issue[0]?.details?.text).toContain('referral');
  const read = await gateway.ask('GET', '/intake/referral', { as: 'gp-de-linde' });
  expect([read.status, read.headers.allow]).toEqual([405, 'POST']);
  const text = await send('hello', 'text/plain', 'gp-de-linde', randomUUID());
  expect([text.status, rulesOf(text)]).toEqual([415, ['media-type-unsupported']]);
});
