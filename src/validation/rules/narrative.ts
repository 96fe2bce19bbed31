/**
 * The narrative: the XHTML that FHIR allows, with local links that resolve (https://hl7.org/fhir/R4/narrative.html).
 */
import type { Run } from '../plan/plan.ts';
import { elementName } from '../run/position.ts';
import { report } from '../run/report.ts';
import { isObject } from '../values/object.ts';
import { readXhtml } from '../values/xhtml.ts';

export function checkNarrative(value: unknown, run: Run): void {
  if (typeof value !== 'string') {
    report(run, 'json-type-mismatch', { element: elementName(run, 'xhtml'), type: 'xhtml', asked: '"<div ...>"' });
    return;
  }
  const { problems, isEmpty, ids, links } = readXhtml(value);
  for (const problem of problems) report(run, 'narrative', { problem }, { constraint: 'txt-1' });
  if (isEmpty) report(run, 'narrative', { problem: 'it contains no text' }, { constraint: 'txt-2' });
  // Links in a section may point to another section; only the text of the resource itself is self-contained.
  if (links.length > 0 && run.depth === run.frame.depth + 2) checkLinks(ids, links, run);
}

/** `#id` is an id or name in the narrative, or the id of an element or contained resource. */
function checkLinks(ids: readonly string[], links: readonly string[], run: Run): void {
  const local = links.filter((it) => it.startsWith('#') && it.length > 1);
  if (local.length === 0) return;
  const targets = new Set([...ids, ...elementIds(run.frame.resource)]);
  if (local.some((it) => !targets.has(it.slice(1))))
    report(run, 'narrative-link-broken', {}, { severity: run.context.policy.narrativeLinks });
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
