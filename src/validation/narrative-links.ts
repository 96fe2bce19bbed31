/** Links inside a narrative lead somewhere (https://hl7.org/fhir/R4/narrative.html#id). */
import { isObject, type Obj } from './equal.ts';
import { at, type Run, report, type Segment } from './run.ts';
import { readXhtml } from './xhtml.ts';

const textSegment: Segment = { key: 'text', says: 'text', path: 'DomainResource.text', type: 'Narrative' };

/** `#id` is an id or name in the narrative, an element of the resource, or a contained resource. */
export function checkLinks(resource: Obj, run: Run): void {
  const div = isObject(resource.text) ? resource.text.div : undefined;
  if (typeof div !== 'string' || (!div.includes('"#') && !div.includes("'#"))) return;
  const { ids, links } = readXhtml(div);
  const local = links.filter((it) => it.startsWith('#') && it.length > 1);
  if (local.length === 0) return;
  const known = new Set([...ids, ...elementIds(resource)]);
  if (local.some((it) => !known.has(it.slice(1)))) at(run, textSegment, -1, () => report(run, 'narrative-link', {}));
}

function elementIds(resource: Obj): string[] {
  const ids: string[] = [];
  const pending: unknown[] = [resource];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (Array.isArray(next)) for (const it of next) pending.push(it);
    else if (isObject(next)) {
      if (typeof next.id === 'string') ids.push(next.id);
      for (const name in next) if (typeof next[name] === 'object') pending.push(next[name]);
    }
  }
  return ids;
}
