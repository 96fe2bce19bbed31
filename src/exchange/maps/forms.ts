import type { Bundle, BundleEntryRequest } from '@medplum/fhirtypes';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { CompiledMap, RunOptions } from '../../mapping/index.ts';
import type { InputProfile } from '../../vocabulary/input-profile.ts';
import type { Received } from '../reading/envelope.ts';
import { headerOf } from '../reading/message-response.ts';
import type { SentMessage } from '../reading/sent-message.ts';
import { type Unmapped, unmappedOf } from './unknown-codes.ts';
import { unread } from './unread.ts';

/**
 * A shape in which a message may come in: how it is recognised, and how it becomes the gateway's own. Each form is of a
 * kind (kinds.ts), and several forms may be of one: a referral comes as the gateway's own Bundle or as the ELZ one.
 *
 * To accept a new kind of message: write a `Kind` (pipeline/kind.ts; referral/ is an example) in a folder of its own, add its
 * line to kinds.ts, and give it a form in mappings/intake.yaml with its name as `kind`, and a `map` where it does not come
 * as the graph that the kind needs. A map returns a Bundle whose references are the sender's own; exchange.ts loads what they
 * refer to at this gateway, assigns ids, validates against the profiles of the kind, and calls its `check` and `route`.
 */
export type Form = {
  readonly id: string;
  /** Name of its kind of message (kinds.ts). */
  readonly kind: string;
  readonly recognises: (message: SentMessage['message']) => boolean;
  /** Name of /intake/{name} where it comes in; absent: at the FHIR base. */
  readonly intake?: string;
  readonly reads: SentMessage['shape'];
  /** Profiles that the message must meet as it came in, besides those it names itself. */
  readonly profiles: readonly string[];
  /** Absent when the form already is the gateway's profile. */
  readonly map?: CompiledMap;
};

export const inputProfileOf = (form: Form): InputProfile => (form.map ? 'mapped' : 'gateway-profile');

/** What $process-message takes: anything else is no message, whatever it holds. */
const isMessage = (resource: SentMessage['message']): boolean =>
  isType(resource, 'Bundle') && resource.type === 'message' && headerOf(resource) !== undefined;

export function recogniseForm(
  forms: readonly Form[],
  { shape, message }: SentMessage,
  { asMessage = false, intake }: Pick<Received, 'asMessage' | 'intake'>,
): Result<Form> {
  if (asMessage && !isMessage(message)) return failure(issue('not-a-message', {}));
  const offered = forms.filter((it) => it.intake === intake);
  const form = offered.find((it) => it.reads === shape && it.recognises(message));
  if (form) return success(form);
  const ids = offered.map(({ id }) => id).join(', ');
  return failure(
    intake === undefined
      ? issue('form-unknown', { forms: ids })
      : issue('intake-form-unknown', { forms: ids }, shape === 'hl7-v2' ? { expression: 'MSH.messageType' } : {}),
  );
}

/** What a map made of a message. */
export type Mapped = {
  /** The Bundle that holds the graph of its kind; references still are the sender's. */
  readonly graph: Bundle;
  /** Codes that no table knows, with their values: for the record of the message, never for a log. */
  readonly unmapped: readonly Unmapped[];
};

/** `asked`: what ids are made from, and the time that the map may ask. */
export function toGraph(
  form: Form,
  { shape, message }: SentMessage,
  asked: Pick<RunOptions, 'seed' | 'now' | 'zone'>,
): Result<Mapped> {
  if (!form.map) return asGraph(message as Bundle, []);
  const { output, issues = [], unmapped = [], trace } = form.map.run(message, { ...asked, trace: shape === 'json' });
  const told: readonly Issue[] = [...issues, ...(trace ? unread(trace) : [])];
  if (told.some(isError)) return failure(...told);
  return asGraph(output as Bundle, told, unmappedOf(form.map, unmapped));
}

/** Transaction and message are ways to send a graph; inside the gateway it is a collection. */
function asGraph(bundle: Bundle, issues: readonly Issue[], unmapped: readonly Unmapped[] = []): Result<Mapped> {
  const entries = bundle.entry ?? [];
  const odd = entries.flatMap(({ request, resource }, index) =>
    request ? requestIssues(request, resource, `Bundle.entry[${index}].request`) : [],
  );
  if (odd.some(isError)) return { ok: false, issues: odd };
  const kept = entries.filter(({ resource }) => resource && !isType(resource, 'MessageHeader'));
  return success(
    {
      graph: {
        resourceType: 'Bundle',
        ...(bundle.meta ? { meta: bundle.meta } : {}),
        type: 'collection',
        entry: kept.map(({ fullUrl, resource }) => ({ ...(fullUrl ? { fullUrl } : {}), resource: resource! })),
      },
      unmapped,
    },
    [...issues, ...odd],
  );
}

function requestIssues(request: BundleEntryRequest, resource: Resource | undefined, path: string): Issue[] {
  if (request.method !== 'POST') return [issue('entry-method-unsupported', {}, { expression: `${path}.method` })];
  if (request.url !== resource?.resourceType) return [issue('entry-url-mismatch', {}, { expression: `${path}.url` })];
  return request.ifNoneExist ? [issue('if-none-exist-ignored', {}, { expression: `${path}.ifNoneExist` })] : [];
}
