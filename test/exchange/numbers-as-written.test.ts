/** A number of a message is stored and passed on with the characters that its sender wrote, or its place is named. */
import type { Observation } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { toGraph } from '../../src/exchange/maps/forms.ts';
import { parseMessage } from '../../src/exchange/reading/sent-message.ts';
import { isError } from '../../src/fhir/issue.ts';
import { writeJson } from '../../src/fhir/json.ts';
import { referralWith } from '../support/exchange/example-referral.ts';
import { formsInJson, placeOf, withField } from '../support/exchange/forms-in-json.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';
import { locationOf } from '../support/test-gateway.ts';

const started = gatewayOfFile();

const numbers = ['1e400', '-1E-400', '123456789012345678901234567890', '1.10', '-0', '1E2', '7', '0.1000'];
const texts = new Set(['string', 'markdown', 'code']);
const mark = '@@number@@';

describe.each(formsInJson)('a number in a text field of the $form', (it) => {
  const sent = (path: string, number: string, isList: boolean) => {
    const whole = it.filled('ServiceRequest/0');
    const body = JSON.stringify(withField(it, whole, path, () => (isList ? ['', mark] : mark)));
    const intake = it.path.split('/').at(-1)!;
    const parsed = parseMessage({
      contentType: 'application/json',
      intake,
      body: Buffer.from(body.replace(`"${mark}"`, number)),
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    const form = started.gateway.running.gateway.forms.find(
      (other) => other.intake === intake && other.reads === 'json',
    );
    return { place: placeOf(it, whole, path), made: toGraph(form!, parsed.value, { seed: 'x', now: new Date() }) };
  };
  const fields = it.fields.filter(({ type }) => texts.has(type)).map(({ path, isList }) => ({ path, isList }));

  test.each(fields)('$path', ({ path, isList }) => {
    for (const number of numbers) {
      const { place, made } = sent(path, number, isList);
      const isNamed = (made.issues ?? []).some(({ expression = '' }) => expression.startsWith(place));
      const hasArrived =
        made.ok && new RegExp(`["( ]${number.replace('.', '\\.')}["), ]`).test(writeJson(made.value.graph));
      expect(hasArrived || isNamed, `${number}: ${JSON.stringify(made.issues)}`).toBe(true);
      if (made.issues?.some(isError)) expect(isNamed, number).toBe(true);
    }
  });
});

describe('a decimal of FHIR', () => {
  const written = ['1.10', '0.1000', '-0.0', '12345678901234567.890', '1E2'];

  test('is read back as it was sent: in a quantity, an extension, and within a list', async () => {
    const body = referralWith((bundle) => {
      const patient = bundle.entry!.find(({ resource }) => resource?.resourceType === 'Patient')!;
      const observation = {
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'Gewicht' },
        subject: { reference: patient.fullUrl },
        component: written.map((_, at) => ({
          code: { text: `deel ${at}` },
          valueQuantity: { value: `${mark}${at}`, unit: 'kg' },
          extension: [{ url: 'https://ehr.example/precision', valueDecimal: `${mark}${at}` }],
        })),
      };
      bundle.entry!.push({
        fullUrl: 'urn:uuid:00000000-0000-4000-8000-0000000000d1',
        resource: observation as unknown as Observation,
      });
    });
    const text = written.reduce((all, number, at) => all.replaceAll(`"${mark}${at}"`, number), JSON.stringify(body));
    const { gateway } = started;
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: text });
    expect(answer.status, answer.text).toBe(200);
    const observation = locationOf(answer, 'Observation')!;
    const json = (await gateway.ask('GET', `/fhir/${observation}`, { as: 'gp-de-linde' })).text;
    const xml = await gateway.ask('GET', `/fhir/${observation}`, {
      as: 'gp-de-linde',
      headers: { accept: 'application/fhir+xml' },
    });
    for (const number of written) {
      expect(json).toContain(`"value":${number},`);
      expect(json).toContain(`"valueDecimal":${number}}`);
      expect(xml.text).toContain(`<value value="${number}"/>`);
      expect(xml.text).toContain(`<valueDecimal value="${number}"/>`);
    }
  });
});
