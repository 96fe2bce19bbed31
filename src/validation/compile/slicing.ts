/** Slicing (https://hl7.org/fhir/R4/profiling.html#slicing): each value belongs to the first slice that it matches. */
import type { Node } from '../../definitions/element-tree.ts';
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { enter, leave } from '../run/position.ts';
import { report } from '../run/report.ts';
import { discriminatorsOf, type Matcher } from './discriminators.ts';
import type { Found, FoundCheck, ProfileCompilation } from './profile-compilation.ts';
import { typesOf } from './type-codes.ts';

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
export function compileSlicing(
  compiling: ProfileCompilation,
  sliced: Node,
  base: Node,
  types: readonly string[],
): Slicing {
  const rules = sliced.element.slicing?.rules ?? 'open';
  const ordered = sliced.element.slicing?.ordered === true;
  const slices = sliced.slices.map((node) => compileSlice(compiling, sliced, node, base, types));
  const id = sliced.element.id ?? '';
  const { profile, lines } = compiling;
  if (rules !== 'open' || ordered) lines.push(`${id}: slices ${rules}${ordered ? ', ordered' : ''}`);
  const tried = slices.map(({ name, matches }) => `${name} (${matches.says})`).join('; ');
  const names = slices.map(({ name }) => name).join(', ');

  const required = slices.filter(({ min, again }) => min > 0 || again);
  const tellCount = (slice: Slice, sure: number, segment: Segment, run: Run): void => {
    enter(run, segment, -1);
    const details = { element: id, slice: slice.name, found: sure, asked: slice.matches.says };
    const place = { profile, element: slice.id };
    if (sure > slice.max) report(run, 'slice-max', { ...details, max: slice.max }, place);
    else report(run, 'slice-min', { ...details, min: slice.min }, place);
    leave(run);
  };

  return (found, segment, repeats, run) => {
    if (found.length === 0) {
      for (const slice of required) {
        slice.again?.(found, segment, repeats, run);
        if (slice.min > 0) tellCount(slice, 0, segment, run);
      }
      return;
    }
    const sure = new Array<number>(slices.length).fill(0);
    const unsure = new Array<number>(slices.length).fill(0);
    const assigned: number[] = [];
    let last = -1;
    let unmatched = false;
    for (let i = 0; i < found.length; i++) {
      const one = found[i]!;
      const index = assign(slices, one, run, unsure);
      assigned.push(index);
      const slice = slices[index];
      if (slice) {
        sure[index]!++;
        const outOfOrder = (ordered && index < last) || (rules === 'openAtEnd' && unmatched);
        if (slice.check || outOfOrder) {
          enter(run, segment, repeats ? i : -1);
          slice.check?.(one, run);
          if (outOfOrder)
            report(
              run,
              'slice-order',
              { element: id, slice: slice.name, slices: names },
              { profile, element: slice.id },
            );
          leave(run);
        }
        last = Math.max(last, index);
      } else if (index === none) {
        unmatched = true;
        if (rules !== 'closed') continue;
        enter(run, segment, repeats ? i : -1);
        report(run, 'slice-unmatched', { element: id, slices: tried }, { profile, element: id });
        leave(run);
      }
    }
    for (let i = 0; i < slices.length; i++) {
      const slice = slices[i]!;
      if (slice.again)
        slice.again(
          found.filter((_, at) => assigned[at] === i),
          segment,
          repeats,
          run,
        );
      if (sure[i]! + unsure[i]! < slice.min || sure[i]! > slice.max) tellCount(slice, sure[i]!, segment, run);
    }
  };
}

const none = -1;
/** Belongs to a slice perhaps: what would tell is not here. */
const perhaps = -2;

/** The first slice that the value surely matches; those that it perhaps does are counted in `unsure`. */
function assign(slices: readonly Slice[], one: Found, run: Run, unsure: number[]): number {
  let answer = none;
  for (let index = 0; index < slices.length; index++) {
    const it = slices[index]!.matches.test(one, run);
    if (it) return index;
    if (it === undefined) {
      unsure[index]!++;
      answer = perhaps;
    }
  }
  return answer;
}

function compileSlice(
  compiling: ProfileCompilation,
  sliced: Node,
  node: Node,
  base: Node,
  types: readonly string[],
): Slice {
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
    check: compiling.compileNode(compiling, node, base, narrowed, sliced),
    again: node.slices.length > 0 ? compileSlicing(compiling, withSlicing(node, sliced), base, narrowed) : undefined,
  };
}

/** A slice that is sliced again without saying how is sliced as its parent. */
const withSlicing = (node: Node, sliced: Node): Node =>
  node.element.slicing || !sliced.element.slicing
    ? node
    : { ...node, element: { ...node.element, slicing: sliced.element.slicing } };
