import type { HealthcareService } from '@medplum/fhirtypes';
import { mayPartner } from '../../access/decide/index.ts';
import { availabilityIssues, dayIn, otherDifferences, ownSource } from '../../directory/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { issue } from '../../fhir/issue.ts';
import { writeJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { copyAvailability } from '../../routing/index.ts';
import type { Answer } from '../pipeline/answer.ts';
import { change, existing, type Place } from '../pipeline/change.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { unchanged } from '../pipeline/unchanged.ts';
import { refusingIssues, validated } from '../pipeline/validated.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { parseWrite } from '../reading/parse.ts';

type Current = { readonly service: HealthcareService; readonly version: number; readonly since: Date };

/**
 * FHIR update of a HealthcareService (https://hl7.org/fhir/R4/http.html#update): a provider reports the waiting times
 * (wachttijden) and the capacity of its own service. Nothing else of it may change; earlier values stay in its history.
 */
export async function updateService(gateway: Gateway, envelope: Envelope, place: Omit<Place, 'type'>): Promise<Answer> {
  const target = existing({ type: 'HealthcareService', ...place }, (received) =>
    ownService(gateway, received, place.id),
  );
  const answer = await change(gateway, envelope, { interaction: 'update', target }, (received, current) =>
    considerUpdate(gateway, received, current),
  );
  if (answer.kind === 'accepted') await gateway.living.refresh();
  return answer;
}

/** Current version of the service, for its own provider. Issues: `not-found`, `directory-update-forbidden`. */
async function ownService(gateway: Gateway, { partner }: Received, id: string): Promise<Result<Current>> {
  await gateway.living.refresh();
  const { network } = gateway;
  const reference = `HealthcareService/${id}`;
  const service = network.resource(reference);
  const current = gateway.living.version(reference);
  if (!isType(service, 'HealthcareService') || current === undefined) return failure(issue('not-found', {}));
  const relation = network.directory.service(reference)?.partner === partner.id ? 'own' : 'none';
  return mayPartner(network, partner, 'update', ['directory', relation]).decision
    ? success({ service, version: current.version, since: current.at })
    : failure(issue('directory-update-forbidden', {}));
}

async function considerUpdate(
  gateway: Gateway,
  received: Received,
  { service, version: current, since }: Current,
): Promise<Result<CommitPlan>> {
  const updated = await updatedService(gateway, service, received);
  if (!updated.ok) return updated;
  const metaOf = (version: number, at: Date) => ({
    ...service.meta,
    versionId: String(version),
    lastUpdated: at.toISOString(),
  });
  if (canonicalJson(updated.value) === canonicalJson(service))
    return success(unchanged('update', { ...service, meta: metaOf(current, since) }, current));
  const version = current + 1;
  const meta = metaOf(version, received.at);
  const id = service.id ?? '';
  return success({
    interaction: 'update',
    action: 'U',
    body: { ...updated.value, meta },
    location: `HealthcareService/${id}`,
    version,
    steps: [],
    changes: [],
    directory: [{ source: ownSource, type: 'HealthcareService', id, text: writeJson(updated.value), expect: current }],
    dispatches: () => [],
    codes: [],
  });
}

/** The service with the reported values. Fails when another element changed, or a value is not plausible. */
async function updatedService(
  gateway: Gateway,
  before: HealthcareService,
  received: Received,
): Promise<Result<HealthcareService>> {
  const { network, world } = gateway;
  const parsed = parseWrite(received, network.settings, before);
  if (!parsed.ok) return parsed;
  const { resource, text } = parsed.value;
  if (!isType(resource, 'HealthcareService') || resource.id !== before.id)
    return failure(issue('id-mismatch', {}, { expression: 'HealthcareService.id' }));
  const report = await validated(gateway, resource, { profiles: [mgnProfile('healthcare-service')], text });
  if (report.verdict !== 'valid') return failure(...refusingIssues(report.issues));
  const others = otherDifferences(before, resource);
  if (others.length > 0)
    return failure(
      ...others.map((it) =>
        issue('directory-element-read-only', { elements: it }, { expression: `HealthcareService.${it}` }),
      ),
    );
  const { norms, timezone } = network.settings;
  const issues = availabilityIssues(before, resource, { today: dayIn(timezone, world.now()), norms });
  return issues.length > 0 ? failure(...issues) : success(copyAvailability(before, resource), report.issues);
}
