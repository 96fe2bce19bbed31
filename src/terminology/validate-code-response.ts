/** Responses to $validate-code, which differ between terminology servers. */
import type { Decision } from './decision-cache.ts';

/**
 * `failed`: no response, or the server cannot give one now. `stumbled`: the server responds, but failed on this request;
 * one such request must not make it count as unavailable for all others.
 */
export type ServerOutcome = Decision | 'failed' | 'stumbled';

/** From status and body; the body is undefined when it exceeded the maximum size. Never throws. */
export function readResponse(status: number, text: string | undefined): ServerOutcome {
  const resource = text === undefined ? undefined : parsed(text);
  if (status === 200) return resource?.resourceType === 'Parameters' ? decisionOf(resource) : 'failed';
  if (resource?.resourceType !== 'OperationOutcome') return 'failed';
  if (status === 500) return 'stumbled';
  // 401, 403, 429 and the like concern the client. These concern the request: the value set or code system is unknown.
  return status === 400 || status === 404 || status === 422 ? 'unknown' : 'failed';
}

type Obj = Readonly<Record<string, unknown>>;

function decisionOf({ parameter }: Obj): ServerOutcome {
  const parameters = listOf(parameter);
  const result = parameters.find(({ name }) => name === 'result')?.valueBoolean;
  if (typeof result !== 'boolean') return 'failed';
  return result || !isContentMissing(parameters) ? result : 'unknown';
}

/**
 * Servers also return false when they do not have the content, which proves nothing. They state that by parameters
 * (https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/requirements.html), by the type of an issue, or only in a message.
 */
function isContentMissing(parameters: readonly Obj[]): boolean {
  if (parameters.some(({ name }) => unknownSystemParameters.has(name))) return true;
  const issues = parameters.filter(({ name }) => name === 'issues').flatMap(({ resource }) => issuesOf(resource));
  if (issues.length > 0) return issues.some((it) => codesOf(it).some((code) => undecidedIssueTypes.has(code)));
  const message = parameters.find(({ name }) => name === 'message')?.valueString;
  return typeof message === 'string' && missingContentText.test(message.slice(0, 2000));
}

const unknownSystemParameters: ReadonlySet<unknown> = new Set(['x-caused-by-unknown-system', 'x-unknown-system']);
/** Of http://hl7.org/fhir/tools/CodeSystem/tx-issue-type. */
const undecidedIssueTypes: ReadonlySet<unknown> = new Set(['not-found', 'vs-invalid', 'cannot-infer']);
const missingContentText =
  /(?:code ?system|value ?set)\b.{0,300}?\b(?:is unknown|is not known|not found|could not be found|can ?not be found|not supported)|(?:unknown|unable to (?:find|locate|resolve)|unsupported) (?:the )?(?:code ?system|value ?set)/is;

const issuesOf = (resource: unknown): Obj[] => (isObject(resource) ? listOf(resource.issue) : []);

const codesOf = ({ details }: Obj): unknown[] =>
  isObject(details) ? listOf(details.coding).map(({ code }) => code) : [];

const listOf = (value: unknown): Obj[] => (Array.isArray(value) ? value.filter(isObject) : []);

const isObject = (value: unknown): value is Obj => typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): Obj | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
