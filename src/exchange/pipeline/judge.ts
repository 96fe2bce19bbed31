import type { Bundle } from '@medplum/fhirtypes';
import type { Network } from '../../directory/index.ts';
import type { Purpose } from '../../disclosure/index.ts';
import { adopt } from '../../fhir/adopt.ts';
import { mgnNaming, mgnProfile } from '../../fhir/canonical.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { parseReference, referencesIn } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import { type Result, success } from '../../fhir/result.ts';
import type { Form } from '../maps/forms.ts';
import type { Known } from '../memory/look-up.ts';
import { atGateway } from '../memory/memory.ts';
import { strayReferences } from '../memory/own-graph.ts';
import { keepBsnWithPatient } from '../reading/bsn-in-references.ts';
import type { Sent } from '../reading/sent-message.ts';
import type { Deciding } from './gateway.ts';
import { type Validating, validated, validatedText, whyRefused } from './validated.ts';

/** Whether findings stop the message. Undecided never passes as valid. */
const judged = <T>(value: T, issues: readonly Issue[], stops: boolean): Result<T> =>
  stops ? { ok: false, issues: whyRefused(issues) } : success(value, issues);

/**
 * As it came in, against the profiles of its form and those it names itself. Invariants and rules of the
 * catalogue that the network tolerates from senders only warn here; what leaves the gateway is held to all of them.
 */
export async function validateSource(
  { network, ...validating }: Validating & Pick<Deciding, 'network'>,
  form: Form,
  { shape, message, text }: Sent,
): Promise<Result<Sent['message']>> {
  // What is no FHIR meets no profile as it comes in: its map tells what is wrong, and what it becomes is validated.
  if (shape !== 'fhir') return success(message);
  const report = await validatedText(validating, message, form.profiles, text);
  const issues = report.issues.map((it) => (isTolerated(network, it) ? { ...it, severity: 'warning' as const } : it));
  const stops = issues.some(isError) || report.verdict === 'undecided';
  return judged(message, issues, stops);
}

const isTolerated = ({ settings }: Network, it: Issue): boolean =>
  isError(it) &&
  settings.intake.warnOnly.some(({ constraint }) => constraint === it.constraint || constraint === it.rule);

/** Inside and on the way out nothing is tolerated. */
export async function validateOwn(
  validating: Validating,
  bundle: Bundle,
  profiles: readonly string[],
): Promise<Result<Bundle>> {
  const report = await validated(validating, bundle, { profiles });
  return judged(bundle, report.issues, report.verdict !== 'valid');
}

/**
 * On the way out. What was found valid a moment ago and goes out unchanged, all of it, is not looked at again: only what
 * routing and disclosure have made new is. A Bundle that something was withheld from is another message: judged whole.
 */
export async function validateOutgoing(
  validating: Validating,
  share: { readonly bundle: Bundle; readonly purpose: Purpose },
  valid: Bundle,
): Promise<Result<Bundle>> {
  const { bundle, purpose } = share;
  const entries = bundle.entry ?? [];
  if (purpose === 'social-request') return validateOwn(validating, bundle, [mgnProfile('social-request-bundle')]);
  if (purpose === 'consultation-extract')
    return validateOwn(validating, bundle, [mgnProfile('consultation-extract-bundle')]);
  const whole = purpose === 'referral';
  if (whole && entries.length !== valid.entry?.length) return validateOwn(validating, bundle, [referralProfile]);
  const known = new Set<unknown>(valid.entry?.map(({ resource }) => resource));
  const made = entries.filter(({ resource }) => !known.has(resource));
  const reports = await Promise.all(
    made.map(({ resource }) => validated(validating, resource, { profiles: ownProfilesOf(resource) })),
  );
  return judged(
    bundle,
    reports.flatMap(({ issues }) => issues),
    reports.some(({ verdict }) => verdict !== 'valid'),
  );
}

/** The Task is what routing and disclosure touch; what else they may come to touch names its profile itself. */
const ownProfilesOf = (resource: Resource | undefined): string[] =>
  resource?.resourceType === 'Task' ? [mgnProfile('coordination-task')] : [];

export const referralProfile = mgnProfile('referral-bundle');

/** Where a resource came from, as Meta.source tells it: the partner's system. */
export const sourceOfPartner = (partner: string): string => `${mgnNaming('partner')}#${partner}`;

/** Gives each resource an id of the gateway; what the references name outside must be in the directory, or known. */
export function adoptGraph({ network, world }: Deciding, bundle: Bundle, known: Known, sender: string): Result<Bundle> {
  const adopted = adopt(bundle, {
    newId: world.newId,
    base: network.settings.baseUrl,
    identifierSystem: mgnNaming('resource'),
    resolveElsewhere: (reference) => inDirectory(network, reference) ?? inMemory(known, reference, network),
  });
  const source = sourceOfPartner(sender);
  const entry = (adopted.bundle.entry ?? []).map((it) =>
    it.resource ? { ...it, resource: { ...it.resource, meta: { ...it.resource.meta, source } } } : it,
  );
  const kept = keepBsnWithPatient({ ...adopted.bundle, entry });
  const strays = strayReferences(bundle, known, network.settings.baseUrl);
  const issues = [...adopted.issues, ...kept.issues, ...conditionalReferences(bundle, adopted.issues), ...strays];
  return kept.ok ? judged(kept.value, issues, issues.some(isError)) : kept;
}

/** Adoption leaves them as they are, and says so: most messages need no look. */
const conditionalReferences = (bundle: Bundle, left: readonly Issue[]): Issue[] =>
  left.some(({ rule }) => rule === 'reference-kept-unresolved')
    ? referencesIn(bundle).flatMap(({ text, path }) =>
        text?.includes('?') && parseReference(text).kind === 'conditional'
          ? [issue('reference-conditional', {}, { expression: path })]
          : [],
      )
    : [];

const inDirectory = ({ directory }: Network, reference: string): string | undefined =>
  (directory.service(reference) ?? directory.organization(reference))?.reference;

function inMemory({ resources }: Known, text: string, { settings }: Network): string | undefined {
  const reference = atGateway(text, settings.baseUrl);
  return reference && resources.has(reference) ? reference : undefined;
}
