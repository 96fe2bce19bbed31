/** Slicing (https://hl7.org/fhir/R4/profiling.html#slicing): each value belongs to the first slice it matches. */
import type { Node } from '../../definitions/element-tree.ts';
import { copyDecimalTexts } from '../../fhir/decimal.ts';
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { enter, leave } from '../run/position.ts';
import { report } from '../run/report.ts';
import { type SliceMatcher, sliceMatcher } from './discriminators.ts';
import { narrowedResourceTypes } from './narrowed.ts';
import type { ElementCheck, ElementValue, ProfileCompilation } from './profile-compilation.ts';
import { typeCodesOf } from './type-codes.ts';

export type SlicingCheck = (found: readonly ElementValue[], segment: Segment, repeats: boolean, run: Run) => void;

type Slice = {
  readonly name: string;
  readonly id: string;
  readonly min: number;
  readonly max: number;
  readonly matches: SliceMatcher;
  readonly check: ElementCheck | undefined;
  readonly reslicing: SlicingCheck | undefined;
};

/** Throws a ProfileError for a discriminator that cannot identify a slice. */
export function compileSlicing(
  compiling: ProfileCompilation,
  sliced: Node,
  base: Node,
  types: readonly string[],
): SlicingCheck {
  const rules = sliced.element.slicing?.rules ?? 'open';
  const ordered = sliced.element.slicing?.ordered === true;
  const slices = sliced.slices.map((node) => compileSlice(compiling, sliced, node, base, types));
  const id = sliced.element.id ?? '';
  const { profile, lines } = compiling;
  if (rules !== 'open' || ordered) lines.push(`${id}: slices ${rules}${ordered ? ', ordered' : ''}`);
  const tried = slices.map(({ name, matches }) => `${name} (${matches.description})`).join('; ');
  const names = slices.map(({ name }) => name).join(', ');

  /** The slice for every value that matches no other one. */
  const rest = slices.findIndex(({ name }) => name === defaultSlice);
  const required = slices.filter(({ min, reslicing }) => min > 0 || reslicing);
  const reportCount = (slice: Slice, count: number, segment: Segment, run: Run): void => {
    enter(run, segment, -1);
    const details = { element: id, slice: slice.name, found: count, asked: slice.matches.description };
    const place = { profile, element: slice.id };
    if (count > slice.max) report(run, 'slice-max', { ...details, max: slice.max }, place);
    else report(run, 'slice-min', { ...details, min: slice.min }, place);
    leave(run);
  };

  return (found, segment, repeats, run) => {
    if (found.length === 0) {
      for (const slice of required) {
        slice.reslicing?.(found, segment, repeats, run);
        if (slice.min > 0) reportCount(slice, 0, segment, run);
      }
      return;
    }
    const certain = new Array<number>(slices.length).fill(0);
    const possible = new Array<number>(slices.length).fill(0);
    const assigned: number[] = [];
    let last = -1;
    let unmatched = false;
    for (let i = 0; i < found.length; i++) {
      const one = found[i]!;
      const matched = assign(slices, one, run, possible);
      const index = matched === noSlice ? rest : matched;
      assigned.push(index);
      const slice = slices[index];
      if (slice) {
        certain[index]!++;
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
      } else if (index === noSlice) {
        unmatched = true;
        if (rules !== 'closed') continue;
        enter(run, segment, repeats ? i : -1);
        report(run, 'slice-unmatched', { element: id, slices: tried }, { profile, element: id });
        leave(run);
      }
    }
    for (let i = 0; i < slices.length; i++) {
      const slice = slices[i]!;
      if (slice.reslicing)
        slice.reslicing(
          found.filter((_, at) => assigned[at] === i),
          segment,
          repeats,
          run,
        );
      if (certain[i]! + possible[i]! < slice.min || certain[i]! > slice.max)
        reportCount(slice, certain[i]!, segment, run);
    }
  };
}

/** https://hl7.org/fhir/R4/profiling.html#default-slice */
const defaultSlice = '@default';

const noSlice = -1;
/** May belong to a slice: the content that would decide is not loaded. */
const undecidedSlice = -2;

/** The first slice that the value certainly matches; slices before it that it may match are counted in `possible`. */
function assign(slices: readonly Slice[], one: ElementValue, run: Run, possible: number[]): number {
  let answer = noSlice;
  for (let index = 0; index < slices.length; index++) {
    const it = slices[index]!.matches.test(one, run);
    if (it) return index;
    if (it === undefined) {
      possible[index]!++;
      answer = undecidedSlice;
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
  const own = base.name.endsWith('[x]')
    ? typeCodesOf({ ...node, children: [] }, owner)
    : (narrowedResourceTypes(element, base.element) ?? types);
  const narrowed = own.length > 0 ? own : types;
  const [min, max] = [
    element.min ?? 0,
    element.max === '*' || !element.max ? Number.POSITIVE_INFINITY : Number(element.max),
  ];
  const matches: SliceMatcher =
    element.sliceName === defaultSlice
      ? { description: 'being in no other slice', test: () => false }
      : sliceMatcher(compiling, sliced, node, base, narrowed);
  const { lines } = compiling;
  lines.push(`${element.id}: slice ${min}..${max === Number.POSITIVE_INFINITY ? '*' : max} by ${matches.description}`);
  return {
    name: element.sliceName ?? '',
    id: element.id ?? '',
    min,
    max,
    matches,
    check: compiling.compileNode(compiling, node, base, narrowed, sliced),
    reslicing:
      node.slices.length > 0 ? compileSlicing(compiling, withSlicing(node, sliced), base, narrowed) : undefined,
  };
}

/** A resliced slice without a slicing of its own is sliced like its parent. */
const withSlicing = (node: Node, sliced: Node): Node =>
  node.element.slicing || !sliced.element.slicing
    ? node
    : { ...node, element: copyDecimalTexts(node.element, { ...node.element, slicing: sliced.element.slicing }) };
