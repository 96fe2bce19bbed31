/** A plain FHIR client: every call gives an answer, also when nobody answers. */
import { randomUUID } from 'node:crypto';
import type { Bundle, OperationOutcome, Resource } from '@medplum/fhirtypes';

export interface Answer {
  request: string;
  status: number;
  body: Resource | undefined;
  etag?: string | undefined;
  location?: string | undefined;
  issues: string[];
}

export interface Client {
  base: string;
  token: string;
}

export interface Extra {
  ifMatch?: string | undefined;
  contentType?: string;
  accept?: string;
}

function issuesOf(body: unknown): string[] {
  const outcome = body as OperationOutcome | undefined;
  if (outcome?.resourceType !== 'OperationOutcome') return [];
  return (outcome.issue ?? []).map((issue) => {
    const codes = (issue.details?.coding ?? []).map((coding) => coding.code).join('/');
    const where = (issue.expression ?? issue.location ?? []).join(', ');
    return [issue.severity, issue.code, codes, issue.details?.text ?? issue.diagnostics, where && `at ${where}`]
      .filter(Boolean)
      .join(' | ');
  });
}

export async function call(
  client: Client,
  method: string,
  path: string,
  body?: unknown,
  extra: Extra = {},
): Promise<Answer> {
  const url = /^https?:/.test(path) ? path : `${client.base}${path && !path.startsWith('?') ? '/' : ''}${path}`;
  const request = `${method} ${url.replace(client.base, '') || '/'}`;
  const headers: Record<string, string> = {
    Accept: extra.accept ?? 'application/fhir+json',
    'X-Request-Id': randomUUID(),
  };
  if (client.token) headers.Authorization = `Bearer ${client.token}`;
  if (body !== undefined) headers['Content-Type'] = extra.contentType ?? 'application/fhir+json';
  if (extra.ifMatch) headers['If-Match'] = extra.ifMatch;
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    let parsed: Resource | undefined;
    try {
      parsed = text ? (JSON.parse(text) as Resource) : undefined;
    } catch {
      parsed = undefined;
    }
    return {
      request,
      status: response.status,
      body: parsed,
      etag: response.headers.get('etag') ?? undefined,
      location: response.headers.get('location') ?? undefined,
      issues: issuesOf(parsed),
    };
  } catch (error) {
    return { request, status: 0, body: undefined, issues: [`no answer: ${(error as Error).message}`] };
  }
}

export const good = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300;
export const refused = (answer: Answer): boolean => answer.status >= 400 && answer.status < 500;

export function patchTask(client: Client, id: string, operations: object[], ifMatch?: string): Promise<Answer> {
  return call(client, 'PATCH', `Task/${id}`, operations, { ifMatch, contentType: 'application/json-patch+json' });
}

/** The version to name in If-Match. */
export function versionOf(answer: Answer): string | undefined {
  const version = answer.body?.meta?.versionId;
  return answer.etag ?? (version ? `W/"${version}"` : undefined);
}

export function entries(answer: Answer): Resource[] {
  const bundle = answer.body as Bundle | undefined;
  return bundle?.resourceType === 'Bundle'
    ? (bundle.entry ?? []).flatMap((entry) => (entry.resource ? [entry.resource] : []))
    : [];
}

/** Ask again until the test is true or the time is up; the last value is returned. */
export async function until<T>(ask: () => T | Promise<T>, test: (value: T) => boolean, seconds: number): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await ask();
    if (test(value) || Date.now() > end) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
