import type { Bundle, BundleEntryRequest } from '@medplum/fhirtypes';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { CompiledMap, RunOptions } from '../../mapping/index.ts';
import type { InputProfile } from '../../vocabulary/input-profile.ts';
import { countValues } from '../reading/count-values.ts';
import type { Received } from '../reading/envelope.ts';
import { headerOf } from '../reading/message-response.ts';
import { maximumValues } from '../reading/parse.ts';
import type { SentMessage } from '../reading/sent-message.ts';
import { type FirstLook, lookAt } from './first-look.ts';
import type { FormModel } from './form-model.ts';
import { formPlaces } from './form-places.ts';
import { type NearestForm, nearestForm } from './nearest-form.ts';
import { runMap } from './run-map.ts';
import { conditionOf } from './sender-keys.ts';
import { type Unmapped, unmappedOf } from './unknown-codes.ts';

/**
 * A format in which a message is accepted: how it is recognised, and the map to the gateway's own profiles. Each form
 * has a kind (kinds.ts); several forms may have the same kind: a referral (verwijzing) is sent as the gateway's own
 * Bundle or as that of the Nictiz ELZ.
 *
 * To accept a new kind of message: write a `Kind` (pipeline/kind.ts; referral/ is an example) in a folder of its own,
 * add its line to kinds.ts, and add a form to mappings/intake.yaml with its name as `kind`, and a `map` where it is not
 * sent as the graph that the kind needs. A map returns a Bundle whose references are the sender's own; exchange.ts
 * loads their targets at this gateway, assigns ids, validates against the profiles of the kind, and calls its `check`
 * and `route`.
 */
export type Form = {
  readonly id: string;
  /** Name of its kind of message (kinds.ts). */
  readonly kind: string;
  /** False when `recognises` is certain to be, so that it need not be evaluated. */
  readonly mayRecognise: (look: FirstLook) => boolean;
  readonly recognises: (message: SentMessage['message']) => boolean;
  /** The conditions, in FHIRPath, that the message does not meet. */
  readonly unmet: (message: SentMessage['message']) => readonly string[];
  /** Name of the /intake/{name} that accepts it; absent: the FHIR base. */
  readonly intake?: string;
  readonly reads: SentMessage['shape'];
  /** Only for an order that the gateway read at its placer. */
  readonly pulled?: true;
  /** Profiles to which the message as sent must conform, besides those in its meta.profile. */
  readonly profiles: readonly string[];
  /** Absent when the form already has the gateway's profile. */
  readonly map?: CompiledMap;
  /** Of a form in JSON whose map declares the logical model that it reads. */
  readonly model?: FormModel;
  /** Completes a format that has no use case and no legal basis of the network (supply.ts). */
  readonly supplies?: Supplies;
};

/** The use case of a Task, by the service that it names: the first that fits. */
export type Supplies = {
  readonly useCases: readonly {
    readonly useCase: string;
    /** `none`: no owner, or the network itself. */
    readonly owner?: readonly string[];
    /** Codes of mgn-service-type. */
    readonly ownerTypes?: readonly string[];
    readonly ownerDomains?: readonly string[];
  }[];
};

/** Whether the graph came from a map, or was sent in the gateway's own profile. */
export const inputProfileOf = (form: Form): InputProfile => (form.map ? 'mapped' : 'gateway-profile');

/** $process-message accepts a Bundle of type message with a MessageHeader, and nothing else. */
const isMessage = (resource: SentMessage['message']): boolean =>
  isType(resource, 'Bundle') && resource.type === 'message' && headerOf(resource) !== undefined;

/** How places in the form in JSON of an intake begin: like those of its model, before it is recognised too. */
export const nameOfForm = (forms: readonly Form[], intake: string | undefined): string | undefined =>
  forms.find((it) => it.intake === intake && it.reads === 'json')?.map?.source ?? intake;

/**
 * The first form that recognises the message. Issues: `not-a-message`, `form-is-resource`, `form-unknown`,
 * `intake-form-unknown`.
 */
export function recogniseForm(
  forms: readonly Form[],
  sent: SentMessage,
  { asMessage = false, intake, pulled }: Pick<Received, 'asMessage' | 'intake' | 'pulled'>,
): Result<Form> {
  const { shape, message } = sent;
  if (asMessage && !isMessage(message)) return failure(issue('not-a-message', {}));
  if (shape === 'json' && 'resourceType' in message)
    return failure(issue('form-is-resource', {}, formPlaces(sent, nameOfForm(forms, intake) ?? '')('resourceType')));
  const offered = forms.filter((it) => it.intake === intake && (!it.pulled || pulled));
  const look = lookAt(message);
  const form = offered.find((it) => it.reads === shape && it.mayRecognise(look) && it.recognises(message));
  if (form) return success(form);
  const ids = offered.map(({ id }) => id).join(', ');
  const nearest = intake === undefined ? nearestForm(offered, message) : undefined;
  return failure(
    nearest
      ? issue('form-unknown', { forms: ids, ...remedyOf(nearest) })
      : issue('intake-form-unknown', { forms: ids }, shape === 'hl7-v2' ? { expression: 'MSH.messageType' } : {}),
  );
}

const remedyOf = ({ form, unmet }: NearestForm<Form>) => ({
  form: form.id,
  condition: unmet.join('; '),
  profile: form.profiles[0] ?? 'http://hl7.org/fhir/StructureDefinition/Bundle',
});

/** Output of the map of a form. */
export type Mapped = {
  /** The graph of the kind; its references still are the sender's. */
  readonly graph: Bundle;
  /** Codes that no table of a map contains, with their values: for the record of the message, never for a log. */
  readonly unmapped: readonly Unmapped[];
};

/** An item of a form becomes a whole resource, so that its graph is larger; and the graph is what costs the time of all. */
const maximumGraphValues = 2 * maximumValues;

/** Runs the map of a form. `options`: the seed of ids, and the time and zone for `now()` in the map. */
export function toGraph(
  form: Form,
  sent: SentMessage,
  options: Pick<RunOptions, 'seed' | 'now' | 'zone'>,
): Result<Mapped> {
  if (!form.map) return asGraph(sent.message as Bundle, []);
  const { output, issues = [], unmapped = [] } = runMap({ map: form.map, model: form.model }, sent, options);
  if (issues.some(isError)) return failure(...issues);
  if (countValues(output, maximumGraphValues) > maximumGraphValues)
    return failure(issue('too-many-values', { limit: maximumGraphValues }));
  return asGraph(output as Bundle, issues, unmappedOf(form.map, unmapped));
}

/** Transaction and message are transport formats; inside the gateway a graph is a collection. */
function asGraph(bundle: Bundle, issues: readonly Issue[], unmapped: readonly Unmapped[] = []): Result<Mapped> {
  const entries = bundle.entry ?? [];
  const deviations = entries.flatMap(({ request, resource }, index) =>
    request ? requestIssues(request, resource, `Bundle.entry[${index}].request`) : [],
  );
  if (deviations.some(isError)) return { ok: false, issues: deviations };
  const resources = entries.filter(({ resource }) => resource && !isType(resource, 'MessageHeader'));
  return success(
    {
      graph: {
        resourceType: 'Bundle',
        ...(bundle.meta ? { meta: bundle.meta } : {}),
        type: 'collection',
        entry: resources.map(({ fullUrl, resource }) => ({ ...(fullUrl ? { fullUrl } : {}), resource: resource! })),
      },
      unmapped,
    },
    [...issues, ...deviations],
  );
}

function requestIssues(request: BundleEntryRequest, resource: Resource | undefined, path: string): Issue[] {
  if (request.method !== 'POST') return [issue('entry-method-unsupported', {}, { expression: `${path}.method` })];
  if (request.url !== resource?.resourceType) return [issue('entry-url-mismatch', {}, { expression: `${path}.url` })];
  if (!request.ifNoneExist || conditionOf(request, resource)) return [];
  return [issue('if-none-exist-ignored', {}, { expression: `${path}.ifNoneExist` })];
}
