/** The narrative: XHTML as FHIR allows it, with links that lead somewhere (https://hl7.org/fhir/R4/narrative.html). */
import { isObject } from './equal.ts';
import { type Run, report } from './run.ts';
import { elementName } from './walk.ts';
import { readXhtml } from './xhtml.ts';

export function checkNarrative(value: unknown, run: Run): void {
  if (typeof value !== 'string') {
    report(run, 'json-type-mismatch', { element: elementName(run, 'xhtml'), type: 'xhtml', asked: '"<div ...>"' });
    return;
  }
  const { problems, ids, links } = readXhtml(value);
  for (const problem of problems) report(run, 'narrative', { problem }, { constraint: 'txt-1' });
  // Of a section the links may lead to another section; only the text of the resource itself must stand alone.
  if (links.length > 0 && run.depth === run.frame.depth + 2) checkLinks(ids, links, run);
}

/** `#id` is an id or name in the narrative, an element of the resource, or a contained resource. */
function checkLinks(ids: readonly string[], links: readonly string[], run: Run): void {
  const local = links.filter((it) => it.startsWith('#') && it.length > 1);
  if (local.length === 0) return;
  const known = new Set([...ids, ...elementIds(run.frame.resource)]);
  if (local.some((it) => !known.has(it.slice(1)))) report(run, 'narrative-link-broken', {});
}

function elementIds(resource: object): string[] {
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
