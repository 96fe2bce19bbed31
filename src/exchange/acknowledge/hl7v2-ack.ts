import type { Bundle, OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { isType, type Resource } from '../../fhir/resource.ts';
import { type Hl7Part, type Hl7Place, hl7Lines, hl7Place } from '../../mapping/index.ts';
import type { Answer } from '../pipeline/answer.ts';
import { headOf } from '../reading/hl7v2.ts';

/** The acknowledged request, with the time and the id of the acknowledgement. */
export type AcknowledgedRequest = {
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly at: Date;
  readonly newId: () => string;
};

/**
 * Acknowledgement of a message (HL7 v2.5, 2.9.2 and 2.13): AA accepted, now or before; AE errors in its content; AR not
 * supported here, or not now. Each finding is an ERR with its segment and field; of the message itself only the ids of
 * its header are repeated. Undefined when the message has no readable header.
 */
export function acknowledgement(
  answer: Answer,
  { contentType, body, at, newId }: AcknowledgedRequest,
): string | undefined {
  const head = headOf(contentType, body);
  if (!head) return undefined;
  const isDuplicate = answer.kind === 'refused' && answer.issues.some(({ rule }) => rule === 'duplicate');
  const code = answer.kind === 'accepted' || isDuplicate ? 'AA' : codeOf(answer.body);
  const firstAnswer = isDuplicate ? answer.body.contained?.[0] : answer.body;
  const names = hl7Lines(new TextDecoder('iso-8859-1').decode(body)).map((line) => line.slice(0, 3));
  const segments = [
    ['MSH', '^~\\&', 'MGN', '', hd(head.sendingApplication), hd(head.sendingFacility)]
      .concat([timestamp(at), '', 'ACK^I12^ACK', newId(), processingOf(head), '2.5', '', '', '', '', 'NLD'])
      .concat(['UNICODE UTF-8'])
      .join('|'),
    ['MSA', code, escaped(String(head.messageControlId)), ...(isDuplicate ? [duplicateText] : [])].join('|'),
    ...issuesOf(firstAnswer)
      .filter(({ severity }) => severity !== 'information')
      .map((it) => errorSegment(it, names)),
  ];
  return `${segments.join('\r')}\r`;
}

/** MSA-3: the message was not processed a second time. */
const duplicateText = 'Duplicate of a message received before (MSH-10)';

/** Code of a refusal (table 0008): AR when the findings are about the request, AE when they are about the content. */
const codeOf = ({ issue }: OperationOutcome): 'AE' | 'AR' =>
  issue.some((it) => rejections.has(ruleOf(it) ?? '')) ? 'AR' : 'AE';

const rejections: ReadonlySet<string> = new Set([
  'intake-form-unknown',
  'hl7-processing-not-production',
  'hl7-version-unsupported',
  'request-id-reused',
  'overloaded',
  'gateway-busy',
  'store-unavailable',
  'store-damaged',
  'internal',
  'concurrent-update',
  'content-encoding-unsupported',
]);

/** Findings of a refusal, or warnings of an accepted message, which are in its first entry. */
function issuesOf(body: Resource | undefined): readonly OperationOutcomeIssue[] {
  if (isType(body, 'OperationOutcome')) return body.issue;
  const entries = isType(body, 'Bundle') ? ((body as Bundle).entry ?? []) : [];
  return entries.flatMap(({ response }) => (response?.outcome as OperationOutcome | undefined)?.issue ?? []);
}

/** ERR (2.15.4): location, HL7's code, severity, our code, and the text in English and in Dutch. */
function errorSegment(it: OperationOutcomeIssue, names: readonly string[]): string {
  const severity = it.severity === 'warning' ? 'W' : 'E';
  const english = it.details?.text ?? '';
  const location = erl(placeOf(it, names));
  return ['ERR', '', location, statusOf(it), severity, `${ruleOf(it) ?? ''}^^MGN`, '', english, dutchOf(it) || english]
    .map((text, field) => (field >= 7 ? escaped(text) : text))
    .join('|');
}

const ruleOf = ({ details }: OperationOutcomeIssue): string | undefined => details?.coding?.[1]?.code;

function dutchOf({ details }: OperationOutcomeIssue): string {
  const translated = (details as { _text?: { extension?: { extension?: { url: string; valueString?: string }[] }[] } })
    ?._text?.extension?.[0];
  return translated?.extension?.find(({ url }) => url === 'content')?.valueString ?? '';
}

/** Location of findings without an expression: a part that is missing, or the header that the finding is about. */
const placeOfRule: Readonly<Record<string, Hl7Place>> = {
  'referral-patient-missing': { segment: 'PID', sequence: 1 },
  'referral-sender-missing': { segment: 'PRD', sequence: 1 },
  'referral-reason-missing': { segment: 'RF1', sequence: 1, field: 10 },
  'referrer-unknown': { segment: 'PRD', sequence: 1 },
  'request-id-reused': { segment: 'MSH', sequence: 1, field: 10 },
  'order-sent-before': { segment: 'RF1', sequence: 1, field: 6 },
  'hl7-charset-unsupported': { segment: 'MSH', sequence: 1, field: 18 },
  'charset-unsupported': { segment: 'MSH', sequence: 1, field: 18 },
};

const header: Hl7Place = { segment: 'MSH', sequence: 1 };

/** ERR-2 is never empty: what is about the whole message is at its header. */
function placeOf(it: OperationOutcomeIssue, names: readonly string[]): Hl7Place {
  const ofRule = placeOfRule[ruleOf(it) ?? ''];
  const line = it.extension?.find(({ url }) => url.endsWith('-issue-line'))?.valueInteger;
  if (line !== undefined) return (line === 1 ? ofRule : placeOfLine(names, line)) ?? header;
  const path = it.expression?.[0]?.replace(/^(?:hl7v2-[\w-]+|message)\.?/, '') ?? '';
  return hl7Place(path, names) ?? ofRule ?? header;
}

/** Location of an unreadable segment, by its name; undefined when the line has none. */
function placeOfLine(names: readonly string[], line: number): Hl7Place | undefined {
  const segment = names[line - 1] ?? '';
  if (!/^[A-Z][A-Z0-9]{2}$/.test(segment)) return undefined;
  return { segment, sequence: names.slice(0, line).filter((it) => it === segment).length };
}

/** ERL: segment, its sequence, field, repetition, component, subcomponent. */
const erl = (place: Hl7Place): string =>
  [place.segment, place.sequence, place.field, place.repetition, place.component, place.subcomponent]
    .map((it) => it ?? '')
    .join('^')
    .replace(/\^+$/, '');

const statusOfRule: Readonly<Record<string, string>> = {
  'intake-form-unknown': '200^Unsupported message type',
  'hl7-processing-not-production': '202^Unsupported processing id',
  'hl7-version-unsupported': '203^Unsupported version id',
  'request-id-reused': '205^Duplicate key identifier',
  'hl7-referral-exists': '205^Duplicate key identifier',
};

/** The nearest code of table 0357. */
function statusOf({ code, severity, details }: OperationOutcomeIssue): string {
  if (severity === 'warning') return '0^Message accepted^HL70357';
  const known = statusOfRule[ruleOf({ details } as OperationOutcomeIssue) ?? ''];
  if (known) return `${known}^HL70357`;
  if (code === 'required' || code === 'incomplete') return '101^Required field missing^HL70357';
  if (code === 'code-invalid') return '103^Table value not found^HL70357';
  if (code === 'structure') return '100^Segment sequence error^HL70357';
  if (code === 'duplicate' || code === 'conflict') return '205^Duplicate key identifier^HL70357';
  if (code === 'value' || code === 'invariant') return '102^Data type error^HL70357';
  return '207^Application internal error^HL70357';
}

const processingOf = (head: Hl7Part): string =>
  /^[PTD]$/.test(String(head.processingId)) ? String(head.processingId) : 'P';

function hd(value: Hl7Part[string] | undefined): string {
  const { namespaceId = '', universalId = '', universalIdType = '' } = (value ?? {}) as Record<string, string>;
  return [namespaceId, universalId, universalIdType].map(escaped).join('^').replace(/\^+$/, '');
}

/** Writes delimiters and segment ends as escape sequences (2.7). */
const escaped = (text: string): string => {
  const sequences: Readonly<Record<string, string>> = { '\\': 'E', '|': 'F', '^': 'S', '&': 'T', '~': 'R' };
  return text.replace(/[\\|^&~]/g, (mark) => `\\${sequences[mark]}\\`).replace(/\r\n|\r|\n/g, '\\.br\\');
};

const timestamp = (at: Date): string => `${at.toISOString().replace(/[-:T]|\.\d+Z$/g, '')}+0000`;
