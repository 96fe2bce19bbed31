import type { Context } from 'hono';
import { mediaTypeOf } from '../exchange/reading/media-type.ts';
import { varying } from './compressed.ts';

const names: readonly string[] = ['csv', 'text/csv'];

/** Whether `_format`, or else Accept, prefers CSV (https://www.rfc-editor.org/rfc/rfc9110#name-accept). */
export function prefersCsv(context: Context): boolean {
  const format = context.req.query('_format');
  if (format) return names.includes(mediaTypeOf(format).type);
  const accepted = (context.req.header('accept') ?? '').split(',').map((it) => {
    const { type, parameters } = mediaTypeOf(it);
    return { isCsv: names.includes(type), quality: Number(parameters.get('q') ?? 1) || 0 };
  });
  const best = Math.max(0, ...accepted.map(({ quality }) => quality));
  return best > 0 && accepted.find(({ quality }) => quality === best)?.isCsv === true;
}

/** Response with a table as a file to save. */
export const csv = (context: Context, name: string, text: string): Response =>
  new Response(text, {
    status: 200,
    headers: {
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Content-Disposition': `attachment; filename="${name}.csv"`,
      'Cache-Control': 'no-store',
      ...varying(context),
    },
  });
