import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { short } from '../../configuration/index.ts';
import { issue } from '../../fhir/issue.ts';
import { requestOnce } from '../../outbound/client.ts';
import type { CommandResult } from './command-result.ts';
import { partsIn } from './named-set.ts';

export type AtGateway = {
  readonly gateway: string;
  readonly token?: string;
  readonly previous?: true;
  readonly withoutShadow?: true;
};

/** Requests a running gateway to activate a set: from a folder, from its store, or the previous one. */
export async function activateAt(name: string | undefined, options: AtGateway): Promise<CommandResult> {
  if ((name === undefined) === (options.previous === undefined))
    throw new Error('Name the set to activate, or use --previous.');
  const requested = await requestedSet(name);
  if (!requested.ok) return { lines: [unchangedLine], issues: requested.issues, code: 2 };
  const requestId = randomUUID();
  const answer = await requestOnce(`${options.gateway.replace(/\/fhir$/, '')}/configuration/$activate`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': requestId,
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
    },
    body: JSON.stringify({ ...requested.value, ...(options.withoutShadow ? { withoutShadow: true } : {}) }),
  }).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (answer instanceof Error) {
    const problem = answer.code ?? answer.name;
    return { lines: [], issues: [issue('gateway-unreachable', { problem, requestId })], code: 2 };
  }
  const { status, text } = answer;
  if (status === 200)
    return { lines: [`${short((JSON.parse(text) as { digest: string }).digest)} is in force.`], code: 0 };
  return { lines: [unchangedLine, ...issueLines(text)], code: 2 };
}

const unchangedLine = 'Nothing was changed: the set in force remains.';

async function requestedSet(name: string | undefined) {
  if (name === undefined) return { ok: true as const, value: { previous: true } };
  if (!statSync(name, { throwIfNoEntry: false })?.isDirectory()) return { ok: true as const, value: { set: name } };
  const read = await partsIn(name);
  return read.ok ? { ok: true as const, value: { files: read.value } } : read;
}

function issueLines(text: string): readonly string[] {
  try {
    const { issue: issues = [] } = JSON.parse(text) as Partial<OperationOutcome>;
    return issues.map(({ severity, details }) => `  ${severity}: ${details?.text}`);
  } catch {
    return [text.slice(0, 500)];
  }
}
