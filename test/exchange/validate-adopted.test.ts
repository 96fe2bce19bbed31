import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinds } from '../../src/exchange/kinds.ts';
import { recogniseForm, toGraph } from '../../src/exchange/maps/forms.ts';
import { lookUp } from '../../src/exchange/memory/look-up.ts';
import { noMemory } from '../../src/exchange/memory/memory.ts';
import { adoptGraph, validateOwn, validateSentMessage } from '../../src/exchange/pipeline/judge.ts';
import { parseMessage } from '../../src/exchange/reading/sent-message.ts';
import { validateAdopted } from '../../src/exchange/sender/validate-adopted.ts';
import { adopt } from '../../src/fhir/adopt.ts';
import { mgnNaming } from '../../src/fhir/canonical.ts';
import { parseJson } from '../../src/fhir/json.ts';
import { hasSameContent } from '../../src/fhir/same-content.ts';
import type { Configuration } from '../../src/main.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { bundleText } from '../support/fhir/arbitrary-resource.ts';
import { runs } from '../support/long.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const examples = [
  '001-referral-as-collection',
  '006-referral-with-owner',
  '040-transfer-asked-of-two',
  '060-social-request',
].map((name) => readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8'));

const system = mgnNaming('resource');
let next = 0;
const newId = () => `00000000-0000-4000-8000-${String(++next).padStart(12, '0')}`;

type Holder = Record<string, unknown>;

/** Every place in a JSON tree: the object or array, and the key. */
function placesIn(value: unknown): (readonly [Holder, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [[value as Holder, key] as const, ...placesIn((value as Holder)[key])]);
}

type Mutation = { readonly kind: 'remove' | 'repeat' | 'copy' | 'text'; readonly at: number; readonly from: number };
const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('remove', 'repeat', 'copy', 'text'),
  at: fc.nat(),
  from: fc.nat(),
});

/** Changes one place: removed, its list longer, replaced by a value of the same name elsewhere, or by another text. */
function mutate(root: unknown, { kind, at, from }: Mutation): void {
  const places = placesIn(root);
  const [holder, key] = places[at % places.length]!;
  if (kind === 'remove' && Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (kind === 'remove') delete holder[key];
  else if (kind === 'repeat' && Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
  else if (kind === 'copy') {
    const same = places.filter(([, name]) => name === key);
    const [other, name] = same[from % same.length]!;
    holder[key] = structuredClone(other[name]);
  } else if (typeof holder[key] === 'string') holder[key] = `${holder[key]}x`;
}

const mutated = fc
  .tuple(fc.constantFrom(...examples), fc.array(mutation, { maxLength: 3 }))
  .map(([text, mutations]) => {
    const message = JSON.parse(text);
    for (const it of mutations) mutate(message, it);
    return JSON.stringify(message);
  });

let configured: Configuration;
beforeAll(async () => {
  configured = await demoConfiguration();
});

/** The message as the pipeline would adopt it; undefined when it is refused before. */
async function adoptedFrom(text: string) {
  const received = { contentType: 'application/fhir+json', body: new TextEncoder().encode(text) };
  const sent = parseMessage(received);
  const form = sent.ok ? recogniseForm(configured.forms, sent.value, {}) : sent;
  if (!sent.ok || !form.ok || sent.value.shape !== 'fhir') return undefined;
  const source = await validateSentMessage(configured, form.value, sent.value);
  const at = configured.world.now();
  const mapped = toGraph(form.value, sent.value, { seed: '', now: at, zone: 0 });
  if (!source.ok || !mapped.ok) return undefined;
  const { baseUrl } = configured.network.settings;
  const loaded = await lookUp(noMemory, mapped.value.graph, { base: baseUrl, sender: 'gp-de-linde' });
  const adopted = adoptGraph(configured, mapped.value.graph, loaded, { sender: 'gp-de-linde' });
  if (!adopted.ok) return undefined;
  const { profiles } = kinds.get(form.value.kind)!;
  return { sent: { message: sent.value.message, ...source.value }, adopted: adopted.value, profiles };
}

describe('a second validation is omitted only where it would find nothing', () => {
  test('a message of the same content that conformed as sent conforms as adopted', async () => {
    const seen = { omitted: 0, all: 0 };
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        seen.all += 1;
        const it = await adoptedFrom(text);
        if (!it) return;
        const { sent, adopted, profiles } = it;
        const counts = { omitted: 0, sampled: 1, differed: 0 };
        const context = { ...configured, secondValidations: counts };
        const result = await validateAdopted(context, sent, adopted, profiles);
        const again = await validateOwn(configured, adopted, profiles);
        seen.omitted += counts.omitted;
        expect(result.ok).toBe(again.ok);
      }),
      { numRuns: runs(400) },
    );
    expect(seen.omitted, `${seen.omitted} of ${seen.all}`).toBeGreaterThan(seen.all / 10);
  });

  test('it is done when the message did not conform to all profiles of its kind, or only with tolerance', async () => {
    const { sent, adopted, profiles } = (await adoptedFrom(examples[0]!))!;
    const counts = { omitted: 0, sampled: 1, differed: 0 };
    const context = { ...configured, secondValidations: counts };
    await validateAdopted(context, { ...sent, profiles: [] }, adopted, profiles);
    await validateAdopted(context, undefined, adopted, profiles);
    expect(counts).toEqual({ omitted: 0, sampled: 1, differed: 0 });
  });

  test('after one of the sample that does not conform, each is validated', async () => {
    const { sent, adopted, profiles } = (await adoptedFrom(examples[0]!))!;
    const counts = { omitted: 0, sampled: 0, differed: 0 };
    const strict = { ...configured, secondValidations: counts };
    const wrong = {
      ...configured.validator,
      validate: () => ({ verdict: 'invalid' as const, issues: [], questions: [] }),
    };
    expect((await validateAdopted({ ...strict, validator: wrong }, sent, adopted, profiles)).ok).toBe(false);
    expect(counts).toEqual({ omitted: 0, sampled: 1, differed: 1 });
    expect((await validateAdopted(strict, sent, adopted, profiles)).ok).toBe(true);
    expect(counts).toEqual({ omitted: 0, sampled: 1, differed: 1 });
  });
});

describe('adoption changes only ids, references and meta.source', () => {
  test('of any Bundle', () => {
    fc.assert(
      fc.property(bundleText, (text) => {
        const sent = parseJson(text) as Bundle;
        const { bundle } = adopt(sent, { newId, base: 'https://gateway.example/fhir', identifierSystem: system });
        for (const { resource } of bundle.entry ?? []) resource!.meta = { ...resource!.meta, source: 'urn:x' };
        expect(hasSameContent(sent, bundle, system)).toBe(true);
      }),
    );
  });

  test('any other change of an adopted message is seen', () => {
    fc.assert(
      fc.property(fc.constantFrom(...examples), fc.nat(), mutation, (text, at, change) => {
        const [sent, changed] = [parseJson(text) as Bundle, parseJson(text) as Bundle];
        mutate(changed.entry![at % changed.entry!.length]!.resource, change);
        fc.pre(JSON.stringify(sent) !== JSON.stringify(changed));
        const { bundle } = adopt(changed, { newId, identifierSystem: system });
        expect(hasSameContent(sent, bundle, system)).toBe(false);
      }),
    );
  });
});

describe('a gateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  test('validates the first of a hundred a second time, and reports how many it did not', async () => {
    for (let n = 0; n < 3; n++)
      expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: examples[0]! })).status).toBe(200);
    const { secondValidations } = JSON.parse((await gateway.ask('GET', '/readyz', { as: 'operator' })).text);
    expect(secondValidations).toEqual({ omitted: 2, sampled: 1, differed: 0 });
  });
});
