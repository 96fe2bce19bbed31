import type { Bilingual } from '../../fhir/bilingual.ts';
import { inDutch } from './conditions.ts';
import { namesOf } from './file.ts';
import type { MessageProjection, Node, TypeProjection } from './projection.ts';

/** One element that a projection allows, in the words of its lines. */
export type AllowedPath = {
  /** `Task.input.valueCanonical`; `Task.*` for all other elements. */
  readonly path: string;
  /** Which values, and under which conditions. */
  readonly words: Bilingual;
  readonly why: Bilingual;
};
/** Elements that a line withholds, or values of them. */
export type WithheldPaths = {
  readonly paths: readonly string[];
  readonly where?: Bilingual;
  readonly why: Bilingual;
};

const nothing: Bilingual = { en: '', nl: '' };
const allElements: Bilingual = { en: 'all elements', nl: 'alle elementen' };
const allOthers: Bilingual = { en: 'all other elements', nl: 'alle andere elementen' };

export const onlyIf = (condition: string | undefined): Bilingual =>
  condition === undefined ? nothing : { en: `only if ${condition}`, nl: `alleen bij: ${inDutch(condition)}` };

/** What may go out of a type at most. */
export function allowedPaths(type: TypeProjection): readonly AllowedPath[] {
  const only = onlyIf(type.only?.words);
  if (!type.node) return [{ path: `${type.type}.*`, words: joined(allElements, only), why: type.why }];
  return below(type.node, type.type, only);
}

function below(node: Node, path: string, inherited: Bilingual): AllowedPath[] {
  if (node.kind === 'withheld') return [];
  if (node.kind === 'form')
    return node.alternatives.map(({ line, form }) => ({
      path,
      words: joined({ en: form.words, nl: form.dutch }, onlyIf(line.when), inherited),
      why: line.why,
    }));
  const { parts, rest, line } = node;
  const condition = joined(onlyIf(line?.when), inherited);
  const own = parts.flatMap((it) => below(it.node, `${path}.${it.property}`, condition));
  const isRoot = line === undefined;
  return rest && isRoot ? [...own, { path: `${path}.*`, words: joined(allOthers, inherited), why: rest.why }] : own;
}

/** What the lines of a type withhold, each with its reason. */
export const withheldPaths = ({ type, lines }: TypeProjection): readonly WithheldPaths[] =>
  lines
    .filter(({ withhold }) => withhold !== undefined)
    .map(({ withhold, where, why }) => ({
      paths: namesOf(withhold).map((it) => `${type}.${it}`),
      ...(where === undefined ? {} : { where: { en: `only ${where}`, nl: `alleen ${inDutch(where)}` } }),
      why,
    }));

/** Every element that a message allows, with the values that go out; a whole type as `Type.*`. */
export function allowedElements({ types }: MessageProjection): ReadonlyMap<string, string> {
  const all = [...types.values()].flatMap(allowedPaths);
  return new Map(
    [...Map.groupBy(all, ({ path }) => path)].map(([path, them]) => [
      path,
      them.map(({ words }) => words.en).join('; or '),
    ]),
  );
}

const joined = (...parts: readonly Bilingual[]): Bilingual => ({
  en: parts.flatMap(({ en }) => en || []).join('; '),
  nl: parts.flatMap(({ nl }) => nl || []).join('; '),
});
