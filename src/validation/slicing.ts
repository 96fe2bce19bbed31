/** Slicing (https://hl7.org/fhir/R4/profiling.html#slicing): each value belongs to the first slice that it matches. */
import type { Node } from '../definitions/element-tree.ts';
import { discriminatorsOf, type Matcher } from './discriminators.ts';
import { type Compiling, compileNode, type Found, type FoundCheck } from './profile.ts';
import { enter, leave, type Run, report, type Segment } from './run.ts';
import { typesOf } from './type-plan.ts';

export type Slicing = (found: readonly Found[], segment: Segment, repeats: boolean, run: Run) => void;

type Slice = {
  readonly name: string;
  readonly id: string;
  readonly min: number;
  readonly max: number;
  readonly matches: Matcher;
  readonly check: FoundCheck | undefined;
  readonly again: Slicing | undefined;
};

/** Throws a ProfileError for a discriminator that cannot tell a slice. */
export function compileSlicing(compiling: Compiling, sliced: Node, base: Node, types: readonly string[]): Slicing {
  const rules = sliced.element.slicing?.rules ?? 'open';
  const ordered = sliced.element.slicing?.ordered === true;
  const slices = sliced.slices.map((node) => compileSlice(compiling, sliced, node, base, types));
  const id = sliced.element.id ?? '';
  const { profile, lines } = compiling;
  if (rules !== 'open' || ordered) lines.push(`${id}: slices ${rules}${ordered ? ', ordered' : ''}`);
  const tried = slices.map(({ name, matches }) => `${name} (${matches.says})`).join('; ');
  const names = slices.map(({ name }) => name).join(', ');

  return (found, segment, repeats, run) => {
    const counts = slices.map(() => ({ sure: 0, perhaps: 0 }));
    const members: [Found[], number[]][] = slices.map(() => [[], []]);
    let last = -1;
    let unmatched = false;
    for (const [i, one] of found.entries()) {
      const { index, perhaps } = assign(slices, one, run);
      for (const it of perhaps) counts[it]!.perhaps++;
      enter(run, segment, repeats ? i : -1);
      if (index >= 0) {
        const slice = slices[index]!;
        counts[index]!.sure++;
        members[index]![0].push(one);
        slice.check?.(one, run);
        if ((ordered && index < last) || (rules === 'openAtEnd' && unmatched))
          report(run, 'slice-order', { element: id, slice: slice.name, slices: names }, { profile, element: slice.id });
        last = Math.max(last, index);
      } else if (perhaps.length === 0) {
        unmatched = true;
        if (rules === 'closed')
          report(run, 'slice-unmatched', { element: id, slices: tried }, { profile, element: id });
      }
      leave(run);
    }
    for (const [i, slice] of slices.entries()) {
      slice.again?.(members[i]![0], segment, repeats, run);
      const { sure, perhaps } = counts[i]!;
      if (sure + perhaps >= slice.min && sure <= slice.max) continue;
      enter(run, segment, -1);
      const details = { element: id, slice: slice.name, found: sure, asked: slice.matches.says };
      const place = { profile, element: slice.id };
      if (sure > slice.max) report(run, 'slice-max', { ...details, max: slice.max }, place);
      else report(run, 'slice-min', { ...details, min: slice.min }, place);
      leave(run);
    }
  };
}

/** The first slice that the value surely matches; otherwise those that it perhaps does. */
function assign(slices: readonly Slice[], one: Found, run: Run): { index: number; perhaps: number[] } {
  const perhaps: number[] = [];
  for (const [index, { matches }] of slices.entries()) {
    const answer = matches.test(one, run);
    if (answer) return { index, perhaps: [] };
    if (answer === undefined) perhaps.push(index);
  }
  return { index: -1, perhaps };
}

function compileSlice(compiling: Compiling, sliced: Node, node: Node, base: Node, types: readonly string[]): Slice {
  const { element } = node;
  const owner = base.element.path?.replace(/\.[^.]*$/, '') ?? '';
  const own = base.name.endsWith('[x]') ? typesOf({ ...node, children: [] }, owner) : types;
  const narrowed = own.length > 0 ? own : types;
  const [min, max] = [
    element.min ?? 0,
    element.max === '*' || !element.max ? Number.POSITIVE_INFINITY : Number(element.max),
  ];
  const matches = discriminatorsOf(compiling, sliced, node, base, narrowed);
  const { lines } = compiling;
  lines.push(`${element.id}: slice ${min}..${max === Number.POSITIVE_INFINITY ? '*' : max} by ${matches.says}`);
  return {
    name: element.sliceName ?? '',
    id: element.id ?? '',
    min,
    max,
    matches,
    check: compileNode(compiling, node, base, narrowed),
    again: node.slices.length > 0 ? compileSlicing(compiling, withSlicing(node, sliced), base, narrowed) : undefined,
  };
}

/** A slice that is sliced again without saying how is sliced as its parent. */
const withSlicing = (node: Node, sliced: Node): Node =>
  node.element.slicing || !sliced.element.slicing
    ? node
    : { ...node, element: { ...node.element, slicing: sliced.element.slicing } };
