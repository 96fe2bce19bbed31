import { namesOf } from './file.ts';
import type { MessageProjection, Node, TypeProjection } from './projection.ts';

/** One element that a projection allows, in the words of its lines. */
export type AllowedPath = {
  /** `Task.input.valueCanonical`; `Task.*` for all other elements. */
  readonly path: string;
  /** Which values, and under which conditions. */
  readonly words: string;
  readonly why: string;
};
/** Elements that a line withholds, or values of them. */
export type WithheldPaths = { readonly paths: readonly string[]; readonly where?: string; readonly why: string };

/** What may go out of a type at most. */
export function allowedPaths(type: TypeProjection): readonly AllowedPath[] {
  const only = type.only ? `only if ${type.only.words}` : '';
  if (!type.node) return [{ path: `${type.type}.*`, words: joined('all elements', only), why: type.why }];
  return below(type.node, type.type, only);
}

function below(node: Node, path: string, inherited: string): AllowedPath[] {
  if (node.kind === 'withheld') return [];
  if (node.kind === 'form')
    return node.alternatives.map(({ line, form }) => ({
      path,
      words: joined(form.words, line.when ? `only if ${line.when}` : '', inherited),
      why: line.why,
    }));
  const { parts, rest, line } = node;
  const condition = joined(line?.when ? `only if ${line.when}` : '', inherited);
  const own = parts.flatMap((it) => below(it.node, `${path}.${it.property}`, condition));
  const isRoot = line === undefined;
  return rest && isRoot
    ? [...own, { path: `${path}.*`, words: joined('all other elements', inherited), why: rest.why }]
    : own;
}

/** What the lines of a type withhold, each with its reason. */
export const withheldPaths = ({ type, lines }: TypeProjection): readonly WithheldPaths[] =>
  lines
    .filter(({ withhold }) => withhold !== undefined)
    .map(({ withhold, where, why }) => ({
      paths: namesOf(withhold).map((it) => `${type}.${it}`),
      ...(where === undefined ? {} : { where }),
      why,
    }));

/** Every element that a message allows, with the values that go out; a whole type as `Type.*`. */
export function allowedElements({ types }: MessageProjection): ReadonlyMap<string, string> {
  const all = [...types.values()].flatMap(allowedPaths);
  return new Map(
    [...Map.groupBy(all, ({ path }) => path)].map(([path, them]) => [
      path,
      them.map(({ words }) => words).join('; or '),
    ]),
  );
}

const joined = (...parts: readonly string[]): string => parts.filter(Boolean).join('; ');
