import { mayPartner } from '../../access/decide/index.ts';
import type { Network } from '../../directory/index.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { StoredResource } from '../../store/port.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import { labelChange, withLabels } from '../memory/labels.ts';
import type { Answer } from '../pipeline/answer.ts';
import { change, type Place, stored } from '../pipeline/change.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { unchanged } from '../pipeline/unchanged.ts';
import { refusingIssues, validated } from '../pipeline/validated.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { parseWrite } from '../reading/parse.ts';
import { endWhatCameBetween } from './came-between.ts';
import { type Ended, endedBy } from './depends-on-consent.ts';
import type { IdentifiedConsent } from './still-question.ts';

/**
 * FHIR update of a Consent (toestemming) by the organisation that recorded it. Only the status may change, to inactive,
 * rejected or entered-in-error. The same commit withdraws open requests to the social domain that depend on it. Data
 * disclosed earlier is not recalled.
 */
export async function withdrawConsent(
  gateway: Gateway,
  envelope: Envelope,
  place: Omit<Place, 'type'>,
): Promise<Answer> {
  let decided: (() => Promise<void>) | undefined;
  const answer = await change(
    gateway,
    envelope,
    { interaction: 'update', target: stored(gateway, { type: 'Consent', ...place }) },
    async (received, current) => {
      const plan = await considerWithdrawal(gateway, received, current);
      if (plan.ok && plan.value.changes.length > 0)
        decided = () => endWhatCameBetween(gateway, received, [plan.value.body as IdentifiedConsent]);
      return plan;
    },
  );
  if (answer.kind === 'accepted') await decided?.();
  return answer;
}

async function considerWithdrawal(
  gateway: Gateway,
  received: Received,
  current: StoredResource,
): Promise<Result<CommitPlan>> {
  const { network } = gateway;
  const before = parseJson(current.text) as IdentifiedConsent;
  const parsed = parseWrite(received, network.settings, before);
  if (!parsed.ok) return parsed;
  if (isSame(before, parsed.value.resource) && isSentBy(before, received.partner.id))
    return success(unchanged('update', before, current.version));
  const after = endedConsent(before, parsed.value.resource as IdentifiedConsent, received, network);
  if (!after.ok) return after;
  const report = await validated(gateway, after.value);
  if (report.verdict !== 'valid') return failure(...refusingIssues(report.issues));
  const ended = await endedBy(gateway, received, [after.value]);
  return ended.ok ? success(asOneCommit(after.value, current.version, ended.value)) : ended;
}

const endStatuses: readonly string[] = ['inactive', 'rejected', 'entered-in-error'];

const immutablePart = ({ status: _, meta: __, text: ___, ...rest }: IdentifiedConsent) => canonicalJson(rest);

const isSame = (before: IdentifiedConsent, sent: Resource): boolean =>
  isType(sent, 'Consent') &&
  sent.status === before.status &&
  immutablePart(sent as IdentifiedConsent) === immutablePart(before);

function endedConsent(
  before: IdentifiedConsent,
  sent: IdentifiedConsent,
  { partner, at }: Received,
  network: Network,
): Result<IdentifiedConsent> {
  const relation = isSentBy(before, partner.id) ? 'sender' : 'disclosed';
  if (!mayPartner(network, partner, 'update', ['record', relation]).decision)
    return failure(issue('consent-update-forbidden', {}));
  if (endStatuses.includes(before.status))
    return failure(issue('consent-ended', { status: before.status }, { expression: 'Consent.status' }));
  const ends =
    isType(sent, 'Consent') && endStatuses.includes(sent.status) && immutablePart(sent) === immutablePart(before);
  if (!ends) return failure(issue('consent-immutable', { codes: endStatuses.join(', ') }, { expression: 'Consent' }));
  const labelled = withLabels(before.meta, labelChange(before.meta, sent.meta, { removes: false }));
  const meta = { ...labelled, versionId: String(Number(before.meta?.versionId) + 1), lastUpdated: at.toISOString() };
  return success({ ...before, status: sent.status, meta });
}

/** The Consent and all that ends with it in one commit. */
const asOneCommit = (consent: IdentifiedConsent, version: number, ended: Ended): CommitPlan => ({
  interaction: 'update',
  action: 'U',
  body: consent,
  location: `Consent/${consent.id}`,
  version: version + 1,
  steps: [],
  decisions: { rule: 'withdraw-consent', withdrawn: ended.decisions },
  changes: [{ resource: consent, expect: { version }, readers: [] }, ...ended.changes],
  guards: ended.guards,
  grants: ended.grants,
  revocations: ended.revocations,
  withdrawals: ended.withdrawals,
  dispatches: ended.dispatches,
  codes: [],
});
