import type { Bundle } from '@medplum/fhirtypes';
import type { Network } from '../../directory/index.ts';
import { adopt } from '../../fhir/adopt.ts';
import { mgnNaming } from '../../fhir/canonical.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { parseReference, referencesIn } from '../../fhir/reference.ts';
import { type Result, success } from '../../fhir/result.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { ownProfiles } from '../../vocabulary/own-profile.ts';
import type { Form } from '../maps/forms.ts';
import type { LoadedContext } from '../memory/look-up.ts';
import { atGateway } from '../memory/memory.ts';
import { strayReferences } from '../memory/own-graph.ts';
import { keepBsnWithPatient } from '../reading/bsn-in-references.ts';
import type { Sent } from '../reading/sent-message.ts';
import type { Disclosure } from './disclosure.ts';
import type { DecisionContext } from './gateway.ts';
import { refusalIssues, type ValidationContext, validated, validatedText } from './validated.ts';

/** Whether findings stop the message. Undecided never passes as valid. */
const judged = <T>(value: T, issues: readonly Issue[], stops: boolean): Result<T> =>
  stops ? { ok: false, issues: refusalIssues(issues) } : success(value, issues);

/**
 * As it came in, against the profiles of its form and those it names itself. Invariants and rules of the
 * catalogue that the network tolerates from senders only warn here; what leaves the gateway is held to all of them.
 */
export async function validateSource(
  { network, ...validating }: ValidationContext & Pick<DecisionContext, 'network'>,
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
  validating: ValidationContext,
  bundle: Bundle,
  profiles: readonly string[],
): Promise<Result<Bundle>> {
  const report = await validated(validating, bundle, { profiles });
  return judged(bundle, report.issues, report.verdict !== 'valid');
}

/**
 * On the way out. A resource that was validated a moment ago and goes out unchanged is not validated again, only what
 * routing and disclosure made. A Bundle that something was withheld from is another message: validated as a whole.
 */
export async function validateOutgoing(
  context: ValidationContext,
  { bundle, heldTo }: Pick<Disclosure, 'bundle' | 'heldTo'>,
  valid: Bundle,
): Promise<Result<Bundle>> {
  const entries = bundle.entry ?? [];
  if (heldTo && !(heldTo.unlessComplete && isSameSet(bundle, valid)))
    return validateOwn(context, bundle, [heldTo.profile]);
  const before = new Set<unknown>(valid.entry?.map(({ resource }) => resource));
  const made = entries.filter(({ resource }) => !before.has(resource));
  const reports = await Promise.all(
    made.map(({ resource }) => validated(context, resource, { profiles: ownProfiles(resource) })),
  );
  return judged(
    bundle,
    reports.flatMap(({ issues }) => issues),
    reports.some(({ verdict }) => verdict !== 'valid'),
  );
}

/** Whether both have the same resources by id, in whatever version: a Bundle as long as another may be of other resources. */
function isSameSet({ entry: one = [] }: Bundle, { entry: other = [] }: Bundle): boolean {
  const ids = new Set(one.map(({ resource }) => `${resource?.resourceType}/${resource?.id}`));
  return one.length === other.length && other.every(({ resource: it }) => ids.has(`${it?.resourceType}/${it?.id}`));
}

/** Gives each resource an id of the gateway; what the references name outside must be in the directory, or known. */
export function adoptGraph(
  { network, world }: DecisionContext,
  bundle: Bundle,
  known: LoadedContext,
  sender: string,
): Result<Bundle> {
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
  left.some(({ rule }) => rule === 'reference-unresolved-retained')
    ? referencesIn(bundle).flatMap(({ text, path }) =>
        text?.includes('?') && parseReference(text).kind === 'conditional'
          ? [issue('reference-conditional-unsupported', {}, { expression: path })]
          : [],
      )
    : [];

const inDirectory = ({ directory }: Network, reference: string): string | undefined =>
  (directory.service(reference) ?? directory.organization(reference))?.reference;

function inMemory({ resources }: LoadedContext, text: string, { settings }: Network): string | undefined {
  const reference = atGateway(text, settings.baseUrl);
  return reference && resources.has(reference) ? reference : undefined;
}
