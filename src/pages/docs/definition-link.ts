import { html } from 'hono/html';
import { canonicalBase } from '../../fhir/canonical.ts';
import type { Part } from '../frame/view.ts';

/** A canonical: a link when its definition is one of this gateway, else its last part. */
export function canonicalLink(canonical: string): Part {
  const [url = ''] = canonical.split('|');
  const name = url.slice(url.lastIndexOf('/') + 1);
  if (!url.startsWith(`${canonicalBase}/`)) return html`<span title="${url}">${name}</span>`;
  const [type = '', id = ''] = url.slice(canonicalBase.length + 1).split('/');
  return html`<a href="/docs/definitions/${type}/${id}">${name}</a>`;
}
