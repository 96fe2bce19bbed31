import type { Context } from 'hono';
import { mediaTypeOf } from '../../exchange/reading/media-type.ts';
import { readBody } from '../body.ts';

/** Bytes: a logout token and a reason fit. */
const formBytes = 16 * 1024;

/** The form in a body; empty when the body is none. */
export async function formOf(context: Context): Promise<URLSearchParams> {
  const { type } = mediaTypeOf(context.req.header('content-type') ?? '');
  if (type !== 'application/x-www-form-urlencoded') return new URLSearchParams();
  const body = await readBody(context, formBytes);
  return new URLSearchParams(body.ok ? Buffer.from(body.value).toString('utf8') : '');
}
