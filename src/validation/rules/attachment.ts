/** Attachments: size and hash must match the content (https://hl7.org/fhir/R4/datatypes.html#Attachment). */
import { createHash } from 'node:crypto';
import type { Run } from '../plan/plan.ts';
import { report } from '../run/report.ts';
import type { JsonObject } from '../values/object.ts';

export function checkAttachment({ data, size, hash, url }: JsonObject, run: Run): void {
  if (typeof url === 'string' && run.context.policy.exampleUrls === 'error' && isExampleUrl(url))
    report(run, 'example-url', {});
  if (typeof data !== 'string') return;
  const bare = data.replace(/\s+/g, '');
  if (typeof size === 'number') {
    const padding = bare.endsWith('==') ? 2 : bare.endsWith('=') ? 1 : 0;
    if ((bare.length / 4) * 3 - padding !== size) report(run, 'attachment-size-mismatch', {});
  }
  if (
    typeof hash === 'string' &&
    createHash('sha1').update(Buffer.from(bare, 'base64')).digest('base64') !== hash.trim()
  )
    report(run, 'attachment-hash-mismatch', {});
}

/** Hosts that RFC 2606 reserves for examples. */
const isExampleUrl = (url: string): boolean =>
  /^https?:\/\/(?:[^/\s:]+\.)?(?:example\.(?:com|org|net)|example)(?:[/:]|$)/i.test(url);
