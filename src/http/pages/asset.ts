import type { Context } from 'hono';
import type { Assets } from '../../pages/assets.ts';

/** A file of the console: its address has the digest of its content, so that it never changes. */
export function sendAsset(context: Context, assets: Assets | undefined): Response | Promise<Response> {
  const found = assets?.at.get(context.req.path);
  if (!found) return context.notFound();
  const isGzip = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
  return new Response(isGzip ? found.gzipped : found.body, {
    headers: {
      'Content-Type': found.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      Vary: 'Accept-Encoding',
      ...(isGzip ? { 'Content-Encoding': 'gzip' } : {}),
    },
  });
}
