import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Task } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { collectionOf } from '../../src/cli/compose-bundle.ts';
import { writeJson } from '../../src/fhir/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { parseXml, writeXml } from '../../src/fhir/xml.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, resourceOf, startGateway, warningsOf } from '../support/test-gateway.ts';

const folder = join(import.meta.dirname, '../../../shared/data/elz-referral');
const published = existsSync(folder);
if (!published) console.warn(`skipped: the ELZ referral as Nictiz publishes it is not at ${folder}`);

describe.skipIf(!published)('the ELZ referral as Nictiz publishes it', () => {
  const resources = published
    ? readdirSync(folder).map((name) => parseXml(readFileSync(join(folder, name), 'utf8')))
    : [];
  const bundles = {
    'with addresses': collectionOf(resources.map((resource) => ({ resource }))),
    'with the same address twice': {
      resourceType: 'Bundle',
      type: 'collection',
      entry: resources.map((resource) => ({
        fullUrl: `https://example.org/fhir/${resource.resourceType}/${resource.id}`,
        resource,
      })),
    } as Bundle,
    'without addresses': {
      resourceType: 'Bundle',
      type: 'collection',
      entry: resources.map((resource) => ({ resource })),
    } as Bundle,
  };

  test.each(Object.entries(bundles))(
    '%s: accepted in XML and JSON with the same stored graph, every oddity told, nothing lost',
    async (_, bundle) => {
      const sink = await startSink();
      const gateway = await startGateway({ addresses: { 'registration-team': sink.url } });
      const asXml = await gateway.ask('POST', '/fhir', {
        as: 'gp-de-linde',
        body: writeXml(bundle),
        contentType: 'application/fhir+xml',
      });
      const resent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: writeJson(bundle) });
      expect(locationOf(resent, 'Task'), 'the same content in another syntax').toBe(locationOf(asXml, 'Task'));
      const other = await startGateway({ addresses: { 'registration-team': sink.url } });
      const asJson = await other.ask('POST', '/fhir', { as: 'gp-de-linde', body: writeJson(bundle) });
      expect([asXml.status, asJson.status], asXml.text).toEqual([200, 200]);
      expect(new Set(warningsOf(asXml))).toEqual(new Set(warningsOf(asJson)));
      expect(warningsOf(asXml)).toEqual(
        expect.arrayContaining([
          'order-status-normalised',
          'outside-catchment',
          'owner-unknown-manual-routing',
          'invariant',
        ]),
      );
      const task = resourceOf<Task>(
        await gateway.ask('GET', `/fhir/${locationOf(asXml, 'Task')}`, { as: 'gp-de-linde' }),
      );
      expect(task.owner?.reference).toBe('HealthcareService/registration-team');
      expect(task.businessStatus?.coding?.[0]?.code).toBe('human-decision');

      await sink.until(2);
      const [first, second] = sink.received.map((it) => it.bundle);
      expect(withoutIds(first!)).toEqual(withoutIds(second!));
      const arrived = new Set(leavesOf(first));
      const lost = leavesOf(resources).filter((it) => !arrived.has(it) && !isAddress(it));
      // The status of the order is made active and the owner is replaced: each is told as a warning.
      expect(lost).toEqual(['completed']);
      await Promise.all([gateway.stop(), other.stop()]);
      await sink.close();
    },
  );
});

/** Every value of a resource, whatever it is called. */
const leavesOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [String(value)];

/** Ids and references are given anew; the displays beside them stay. */
const isAddress = (leaf: string): boolean => /^([A-Z][A-Za-z]+\/)?hg-Referral/.test(leaf);

/** Ids in the order in which they are met, so that two graphs with other ids can be held against each other. */
function withoutIds(bundle: Bundle): Resource[] {
  const seen = new Map<string, string>();
  const text = JSON.stringify(bundle.entry).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => {
    if (!seen.has(id)) seen.set(id, `id-${seen.size}`);
    return seen.get(id)!;
  });
  return JSON.parse(text.replace(/"(lastUpdated|versionId)":"[^"]*"/g, '"$1":""'));
}
