import type { Resource } from '../../fhir/resource.ts';
import { type Because, type Explained, explainResource } from '../projection/explain.ts';
import type { Line } from '../projection/projection.ts';
import type { Judged } from './evidence.ts';
import { shownPaths } from './shown.ts';

/** `follows`: a line allows it, but it leads to, or is within, what is withheld. */
export type PathReason = Because | 'follows';

/** What was decided on values of a resource, by one line. */
export type DecidedPaths = {
  /** Below the resource, with indexes: `name[0].family`. */
  readonly paths: readonly string[];
  /** Why they are withheld; absent: they go out. */
  readonly because?: PathReason;
  /** The line that decided. Absent for what the gateway itself wrote, and for a type that no line has. */
  readonly line?: Line;
  readonly explained?: Explained;
};

/**
 * What was decided on each of these paths of a resource. What went out decides whether a value did; the lines say why. `resource` is the source
 * of the judgement, or what was stored of it.
 */
export function decidedPaths(
  resource: Resource,
  paths: readonly string[],
  { output, by, permissions }: Judged,
): readonly DecidedPaths[] {
  const explained = explainResource(by, resource, permissions);
  const [first] = explained;
  const { resourceType } = resource;
  if (output === resource && first?.path === `${resourceType}.*`)
    return [{ paths, ...(first.line ? { line: first.line } : {}), explained: first }];
  const explanationOf = explanations(resourceType, explained);
  const shown = output === undefined || output === resource ? undefined : shownPaths(resource, output);
  const ofType = by.types.get(resourceType)?.line;
  // few lines decide on one resource: looked through sooner than a key is made for each path
  const groups: ({ -readonly [K in keyof DecidedPaths]: DecidedPaths[K] } & { paths: string[] })[] = [];
  for (const path of paths) {
    const isOut = output === resource || (shown?.has(path) ?? false);
    const why = explanationOf(path);
    const isOfLine = !isOut || why?.outcome !== 'withheld';
    const because = isOut ? undefined : (why?.because ?? (why?.outcome === 'reduced' ? 'form' : 'follows'));
    const line = isOfLine ? (why?.line ?? ofType) : undefined;
    const group = groups.find((it) => it.because === because && it.line === line);
    if (group) group.paths.push(path);
    else
      groups.push({
        paths: [path],
        ...(because ? { because } : {}),
        ...(line ? { line } : {}),
        ...(why && isOfLine ? { explained: why } : {}),
      });
  }
  return groups;
}

/** The explanation of the element that a value is in. */
function explanations(type: string, explained: readonly Explained[]): (path: string) => Explained | undefined {
  const byPath = new Map(explained.map((it) => [it.path.slice(type.length + 1), it]));
  const otherwise = byPath.get('*') ?? byPath.get('');
  return (path) => {
    for (let at = path; at; at = at.slice(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('[')))) {
      const found = byPath.get(at);
      if (found) return found;
      if (!/[.[]/.test(at)) break;
    }
    return otherwise;
  };
}
