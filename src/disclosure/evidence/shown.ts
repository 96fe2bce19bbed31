import type { Elements } from '../../fhir/resource.ts';
import { isElements } from '../projection/filter.ts';

/**
 * Paths below a resource (`name[0].family`) of the values of `source` that are in `output`. Where items of a list were left out, the others
 * moved up: an item is found again by its values, in order.
 */
export function shownPaths(source: object, output: object): ReadonlySet<string> {
  const found = new Set<string>();
  collect(source, output, '', found);
  return found;
}

function collect(source: unknown, output: unknown, path: string, found: Set<string>): void {
  if (Array.isArray(source)) {
    if (!Array.isArray(output)) return;
    const unchanged = new Set<unknown>(source);
    let next = 0;
    for (const [index, item] of source.entries()) {
      const at = findIn(output, item, next, unchanged);
      if (at < 0) continue;
      next = at + 1;
      collect(item, output[at], `${path}[${index}]`, found);
    }
  } else if (isElements(source)) {
    if (!isElements(output)) return;
    for (const [name, part] of Object.entries(source))
      if (Object.hasOwn(output, name)) collect(part, output[name], path ? `${path}.${name}` : name, found);
  } else if (source === output) found.add(path);
}

/** An item that went out as it is was made of no other one. */
function findIn(output: readonly unknown[], item: unknown, from: number, unchanged: ReadonlySet<unknown>): number {
  for (let at = from; at < output.length; at++)
    if (output[at] === item || (!unchanged.has(output[at]) && isPartOf(output[at], item))) return at;
  return -1;
}

/** Whether a value may be what went out of another: no value of both differs. The gateway adds elements of its own. */
function isPartOf(output: unknown, source: unknown): boolean {
  if (output === source) return true;
  if (Array.isArray(output))
    return Array.isArray(source) && output.every((it) => source.some((other) => isPartOf(it, other)));
  if (!isElements(output) || !isElements(source)) return false;
  const common = Object.keys(output).filter((name) => Object.hasOwn(source, name));
  return common.length > 0 && common.every((name) => isPartOf((output as Elements)[name], source[name]));
}
