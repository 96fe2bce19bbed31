/** How terminology servers answer $validate-code, as far as they differ. */
import type { Decision } from './decision-cache.ts';

/**
 * `failed`: no answer, and the server is in no state to give one. `stumbled`: it is there, but fell over this question;
 * one question must not make it count as away for all others.
 */
export type Heard = Decision | 'failed' | 'stumbled';

/** From status and body; undefined for a body that was longer than an answer can be. Never throws. */
export function heard(status: number, text: string | undefined): Heard {
  const resource = text === undefined ? undefined : parsed(text);
  if (status === 200) return resource?.resourceType === 'Parameters' ? decisionOf(resource) : 'failed';
  if (resource?.resourceType !== 'OperationOutcome') return 'failed';
  if (status === 500) return 'stumbled';
  // 401, 403, 429 and their kin are about us. These are about what was asked: it has not the value set, or the system.
  return status === 400 || status === 404 || status === 422 ? 'unknown' : 'failed';
}

type Obj = Readonly<Record<string, unknown>>;

function decisionOf({ parameter }: Obj): Heard {
  const parameters = listOf(parameter);
  const result = parameters.find(({ name }) => name === 'result')?.valueBoolean;
  if (typeof result !== 'boolean') return 'failed';
  return result || !isForWantOfContent(parameters) ? result : 'unknown';
}

/**
 * False is also said of what the server has not: then it proves nothing. Told by parameters of their own
 * (https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/requirements.html), by the type of an issue, or in words alone.
 */
function isForWantOfContent(parameters: readonly Obj[]): boolean {
  if (parameters.some(({ name }) => unknownSystem.has(name))) return true;
  const issues = parameters.filter(({ name }) => name === 'issues').flatMap(({ resource }) => issuesOf(resource));
  if (issues.length > 0) return issues.some((it) => codesOf(it).some((code) => notDecided.has(code)));
  const message = parameters.find(({ name }) => name === 'message')?.valueString;
  return typeof message === 'string' && inWords.test(message.slice(0, 2000));
}

const unknownSystem: ReadonlySet<unknown> = new Set(['x-caused-by-unknown-system', 'x-unknown-system']);
/** Of http://hl7.org/fhir/tools/CodeSystem/tx-issue-type. */
const notDecided: ReadonlySet<unknown> = new Set(['not-found', 'vs-invalid', 'cannot-infer']);
const inWords =
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
