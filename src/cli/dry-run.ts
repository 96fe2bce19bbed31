import { createHash, randomUUID } from 'node:crypto';
import { assumedConsent } from '../consent-source/index.ts';
import type { Partner } from '../directory/index.ts';
import { noMemory } from '../exchange/memory/memory.ts';
import type { PipelineOutcome } from '../exchange/pipeline/step.ts';
import type { Prepared } from '../exchange/prepared.ts';
import { consider } from '../exchange.ts';
import { printIssues } from '../main/print-issues.ts';
import { openConfiguration, world } from '../main.ts';
import { composeBundle, problemLines } from './compose-bundle.ts';
import type { Language } from './options.ts';

export type DryRunOptions = { readonly network: string; readonly as?: string; readonly language: Language };

export type DryRun = { readonly partner: Partner; readonly walked: PipelineOutcome<Prepared> };

/**
 * Runs a message through every step before storage, as if a partner sent it now. Mistakes in files or configuration are
 * reported on standard error, and no run takes place.
 */
export async function dryRun(files: readonly string[], options: DryRunOptions): Promise<DryRun | undefined> {
  const { network, as, language } = options;
  const deciding = await openConfiguration(options);
  const composed = await composeBundle([...files]);
  if (!deciding.ok || !composed.ok)
    return fail([
      ...(deciding.ok ? [] : printIssues(network, deciding.issues, language)),
      ...(composed.ok ? [] : problemLines(composed, language)),
    ]);
  const partners = [...deciding.value.network.partners.values()];
  const partner = as
    ? deciding.value.network.partners.get(as)
    : partners.find(({ roles }) => roles.includes('referrer'));
  if (!partner) return fail([`Unknown partner: ${as}. Partners: ${partners.map(({ id }) => id).join(', ')}`]);
  const body = new TextEncoder().encode(composed.value.body);
  const walked = await consider({ ...deciding.value, consentSource: assumedConsent }, noMemory, {
    partner,
    requestId: randomUUID(),
    traceId: randomUUID(),
    contentType: composed.value.contentType,
    body,
    bodyDigest: createHash('sha256').update(body).digest('hex'),
    at: world.now(),
  });
  return { partner, walked };
}

function fail(lines: readonly string[]): undefined {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 1;
}
