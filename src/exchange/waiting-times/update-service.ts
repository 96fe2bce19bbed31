import type { HealthcareService } from '@medplum/fhirtypes';
import { dayIn, figureIssues, otherDifferences, ownSource } from '../../directory/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { issue } from '../../fhir/issue.ts';
import { writeJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { withFigures } from '../../routing/index.ts';
import { admit } from '../pipeline/admit.ts';
import { type Answer, refused } from '../pipeline/answer.ts';
import { commit } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { refusingIssues, validated } from '../pipeline/validated.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { parse } from '../reading/parse.ts';

/** A HealthcareService with new figures, as its provider asks for it. */
export type ServiceUpdate = { readonly id: string; readonly ifMatch: string | undefined };

/**
 * FHIR update of a HealthcareService (https://hl7.org/fhir/R4/http.html#update): a provider tells the waiting times and
 * the capacity of its own service. Nothing else of it may change, and the figures before stay in its history.
 */
export async function updateService(gateway: Gateway, envelope: Envelope, telling: ServiceUpdate): Promise<Answer> {
  const target = `update HealthcareService/${telling.id} ${telling.ifMatch ?? ''}`;
  const entered = await admit(gateway, { ...envelope, target }, 'update', 'U');
  if (entered.kind === 'answered') return entered.answer;
  const { received, refuse } = entered;
  await gateway.living.refresh();
  const { network } = gateway;
  const reference = `HealthcareService/${telling.id}`;
  const before = network.resource(reference);
  const current = gateway.living.version(reference)?.version;
  if (!isType(before, 'HealthcareService') || current === undefined) return refuse(refused([issue('not-found', {})]));
  if (network.directory.service(reference)?.partner !== received.partner.id)
    return refuse(refused([issue('directory-not-yours', {})]));
  const expected = /^\s*(?:W\/)?"(\d+)"\s*$/.exec(telling.ifMatch ?? '')?.[1];
  if (expected === undefined) return refuse(refused([issue('if-match-missing', {})]));
  if (Number(expected) !== current) return refuse(refused([issue('version-stale', { current })]));

  const told = await toldBy(gateway, before, received);
  if (!told.ok) return refuse(refused(told.issues));
  const version = current + 1;
  const meta = { ...before.meta, versionId: String(version), lastUpdated: received.at.toISOString() };
  const kept = await commit(gateway, received, {
    interaction: 'update',
    action: 'U',
    body: { ...told.value, meta },
    location: reference,
    version,
    steps: [],
    changes: [],
    directory: [
      { source: ownSource, type: 'HealthcareService', id: telling.id, text: writeJson(told.value), expect: current },
    ],
    dispatches: () => [],
    codes: [],
  });
  if (kept.kind !== 'accepted') return refuse(kept);
  await gateway.living.refresh();
  return kept;
}

/** The service with the figures that the provider told, when it told nothing else and they can be true. */
async function toldBy(
  gateway: Gateway,
  before: HealthcareService,
  { contentType, body }: Received,
): Promise<Result<HealthcareService>> {
  const { network, world } = gateway;
  const parsed = parse(contentType, body, network.settings.limits);
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
        issue('directory-only-figures', { elements: it }, { expression: `HealthcareService.${it}` }),
      ),
    );
  const { norms, timezone } = network.settings;
  const issues = figureIssues(before, resource, { today: dayIn(timezone, world.now()), norms });
  return issues.length > 0 ? failure(...issues) : success(withFigures(before, resource), report.issues);
}
