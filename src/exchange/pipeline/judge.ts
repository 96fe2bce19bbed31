import type { Bundle } from '@medplum/fhirtypes';
import type { Network } from '../../directory/index.ts';
import { adopt } from '../../fhir/adopt.ts';
import { mgnNaming } from '../../fhir/canonical.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { parseReference, referencesIn } from '../../fhir/reference.ts';
import { type Result, success } from '../../fhir/result.ts';
import type { Report } from '../../validation/index.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { ownProfiles } from '../../vocabulary/own-profile.ts';
import type { Form } from '../maps/forms.ts';
import type { LoadedContext } from '../memory/look-up.ts';
import { atGateway } from '../memory/memory.ts';
import { outsideReference, strayReferences } from '../memory/stray-references.ts';
import { moveBsnToPatient } from '../reading/bsn-in-references.ts';
import type { SentMessage } from '../reading/sent-message.ts';
import type { Disclosure } from './disclosure.ts';
import type { DecisionContext } from './gateway.ts';
import { refusalIssues, type ValidationContext, validated, validatedText } from './validated.ts';

/** Success or failure with the findings. Undecided never passes as valid. */
const judged = <T>(value: T, issues: readonly Issue[], stops: boolean): Result<T> =>
  stops ? { ok: false, issues: refusalIssues(issues) } : success(value, issues);

/**
 * Validates a message as sent, against the profiles of its form and those of its own meta.profile. Invariants and rules
 * that the network tolerates from senders only warn here; outgoing messages conform to all of them. Returns the profiles to
 * which the message conforms with nothing tolerated.
 */
export async function validateSentMessage(
  context: ValidationContext & Pick<DecisionContext, 'network'>,
  form: Form,
  { shape, message, text }: SentMessage,
): Promise<Result<{ readonly profiles: readonly string[] }>> {
  // A message that is not FHIR has no profile: its map reports its errors, and the output of the map is validated.
  if (shape !== 'fhir') return success({ profiles: [] });
  const report = await validatedText(context, message, form.profiles, text);
  const issues = report.issues.map((it) => (isTolerated(context, it) ? { ...it, severity: 'warning' as const } : it));
  const stops = issues.some(isError) || report.verdict === 'undecided';
  return judged({ profiles: report.verdict === 'valid' ? form.profiles : [] }, issues, stops);
}

const isTolerated = ({ network }: Pick<DecisionContext, 'network'>, it: Issue): boolean =>
  isError(it) &&
  network.settings.intake.warnOnly.some(({ constraint }) => constraint === it.constraint || constraint === it.rule);

/** Validates the gateway's own graph or an outgoing Bundle; tolerates nothing. */
export async function validateOwn(
  validating: ValidationContext,
  bundle: Bundle,
  profiles: readonly string[],
): Promise<Result<Bundle>> {
  const report = await validated(validating, bundle, { profiles });
  return judged(bundle, report.issues, report.verdict !== 'valid');
}

/**
 * Validates a disclosure. A resource that was validated in `valid` and is disclosed unchanged is not validated again;
 * those that routing and disclosure created are, once for all recipients: `reports` has what was found. Its findings count for
 * each recipient, or their number would depend on what two recipients see alike. A Bundle from which something was withheld is
 * validated as a whole.
 */
export async function validateOutgoing(
  context: ValidationContext,
  { bundle, requiredProfile }: Pick<Disclosure, 'bundle' | 'requiredProfile'>,
  valid: Bundle,
  reports: Map<unknown, Report> = new Map(),
): Promise<Result<Bundle>> {
  const entries = bundle.entry ?? [];
  if (requiredProfile && !(requiredProfile.unlessComplete && isSameSet(bundle, valid)))
    return validateOwn(context, bundle, [requiredProfile.profile]);
  const before = new Set<unknown>(valid.entry?.map(({ resource }) => resource));
  const found = await Promise.all(
    entries.flatMap(({ resource }) => {
      if (before.has(resource)) return [];
      const earlier = reports.get(resource);
      return (
        earlier ??
        validated(context, resource, { profiles: ownProfiles(resource) }).then((report) => {
          if (report.verdict === 'valid') reports.set(resource, report);
          return report;
        })
      );
    }),
  );
  return judged(
    bundle,
    found.flatMap(({ issues }) => issues),
    found.some(({ verdict }) => verdict !== 'valid'),
  );
}

/** Whether both have the same resources by id, in whatever version: a Bundle as long as another may be of other resources. */
function isSameSet({ entry: one = [] }: Bundle, { entry: other = [] }: Bundle): boolean {
  const ids = new Set(one.map(({ resource }) => `${resource?.resourceType}/${resource?.id}`));
  return one.length === other.length && other.every(({ resource: it }) => ids.has(`${it?.resourceType}/${it?.id}`));
}

/** Assigns ids of the gateway. References out of the graph must resolve to the directory or to the loaded context. */
export function adoptGraph(
  { network, world }: DecisionContext,
  bundle: Bundle,
  loaded: LoadedContext,
  { sender, required = [] }: { readonly sender: string; readonly required?: readonly string[] },
): Result<Bundle> {
  const { baseUrl: base } = network.settings;
  const adopted = adopt(bundle, {
    newId: world.newId,
    base,
    identifierSystem: mgnNaming('resource'),
    resolveElsewhere: (reference) => inDirectory(network, reference) ?? inMemory(loaded, reference, network),
    unresolved: (reference, from) =>
      required.includes(atGateway(reference, base) ?? '') ? { as: reference } : outsideReference(reference, from, base),
  });
  const source = sourceOfPartner(sender);
  const entry = (adopted.bundle.entry ?? []).map((it) =>
    it.resource ? { ...it, resource: { ...it.resource, meta: { ...it.resource.meta, source } } } : it,
  );
  const moved = moveBsnToPatient({ ...adopted.bundle, entry });
  const strays = strayReferences(bundle, loaded, base);
  const issues = [...adopted.issues, ...moved.issues, ...conditionalReferences(bundle, adopted.issues), ...strays];
  return moved.ok ? judged(moved.value, issues, issues.some(isError)) : moved;
}

/** Adoption reports the references that it did not resolve; without any the graph is not searched. */
const conditionalReferences = (bundle: Bundle, unresolved: readonly Issue[]): Issue[] =>
  unresolved.some(({ rule }) => rule === 'reference-unresolved-retained')
    ? referencesIn(bundle).flatMap(({ text, path }) =>
        text?.includes('?') && parseReference(text).kind === 'conditional'
          ? [issue('reference-conditional-unsupported', {}, { expression: path() })]
          : [],
      )
    : [];

const inDirectory = ({ directory }: Network, reference: string): string | undefined =>
  (directory.service(reference) ?? directory.organization(reference))?.reference;

function inMemory({ resources }: LoadedContext, text: string, { settings }: Network): string | undefined {
  const reference = atGateway(text, settings.baseUrl);
  return reference && resources.has(reference) ? reference : undefined;
}
