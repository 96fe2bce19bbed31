import type { Context } from 'hono';

/** The languages of the house. */
export type Language = 'en' | 'nl';

/**
 * The language of texts in an answer: `_language`, else the first of Accept-Language that is one of the house, else English
 * (https://www.rfc-editor.org/rfc/rfc9110#name-accept-language).
 */
export function languageOf(context: Context): Language {
  const asked = context.req.query('_language') ?? context.req.header('accept-language') ?? '';
  const wanted = asked.split(',').map((it, order) => {
    const [tag = '', ...parameters] = it.trim().toLowerCase().split(';');
    const quality = parameters.map((one) => /^\s*q=([\d.]+)$/.exec(one)?.[1]).find(Boolean);
    return { language: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality), order };
  });
  const known = wanted
    .filter(({ language, quality }) => (language === 'en' || language === 'nl') && quality > 0)
    .sort((one, other) => other.quality - one.quality || one.order - other.order);
  return known[0]?.language === 'nl' ? 'nl' : 'en';
}
