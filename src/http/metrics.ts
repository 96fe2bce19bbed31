import type { Context } from 'hono';
import { mayPartner } from '../access/decide/index.ts';
import { refused } from '../exchange/pipeline/answer.ts';
import { auditRefusal } from '../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { envelopeOf } from './envelope.ts';
import { issueOf } from './reader.ts';
import { replyIssues } from './reply.ts';

/** Metrics in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export type MetricsSource = {
  /** What anybody may read: nothing that others send changes it. */
  readonly open: () => Promise<string>;
  readonly all: () => Promise<string>;
};

/**
 * GET /metrics. All metrics to an operator, and to the scraper of the network by its token; without a login those of the
 * certificates only, since the others would tell what partners send. A login that may not read them is refused, so that a
 * scraper with a wrong token does not find less and report nothing.
 */
export async function metrics(
  gateway: Gateway,
  context: Context,
  source: MetricsSource,
  isScraper: (authorization: string) => boolean = () => false,
): Promise<Response> {
  const { authorization } = envelopeOf(context, 0);
  if (authorization === undefined) return shown(context, await source.open());
  if (isScraper(authorization)) return shown(context, await source.all());
  const envelope = envelopeOf(context, 0);
  const login = await gateway.authenticate(envelope, gateway.world.now());
  const partner = login.ok ? login.value : undefined;
  const decided = partner && mayPartner(gateway.network, partner, 'metrics', ['operation', 'unread']);
  if (decided?.decision) return shown(context, await source.all());
  const issues = login.ok ? (decided ? [issueOf(decided)] : []) : login.issues;
  await auditRefusal(gateway, envelope, 'metrics', 'R', partner)(refused(issues));
  return replyIssues(context, issues);
}

const shown = (context: Context, text: string): Response =>
  context.text(text, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
