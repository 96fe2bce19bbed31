import { PatternError, type PatternSyntax, type Range } from './syntax.ts';

/** One instruction of a Pike machine (https://swtch.com/~rsc/regexp/regexp2.html). */
export type Instruction =
  | { readonly do: 'take'; readonly takes: (code: number) => boolean }
  /** Both ways, the first preferred. */
  | { readonly do: 'split'; first: number; second: number }
  | { readonly do: 'jump'; to: number }
  | { readonly do: 'save'; readonly slot: number }
  | { readonly do: 'assert'; readonly what: 'start' | 'end' | 'boundary' | 'noBoundary' }
  | { readonly do: 'match' };

const maxInstructions = 20_000;

/** Throws PatternError when the pattern looks around or back, or unfolds to more than 20,000 instructions. */
export function assemble(tree: PatternSyntax, ignoreCase: boolean): readonly Instruction[] {
  const program: Instruction[] = [{ do: 'save', slot: 0 }];
  const emit = <T extends Instruction>(instruction: T): T => {
    if (program.length >= maxInstructions) throw new PatternError('is too large');
    program.push(instruction);
    return instruction;
  };

  function add(node: PatternSyntax): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'set':
        emit({ do: 'take', takes: membership(node.ranges, node.negated, ignoreCase) });
        return;
      case 'sequence':
        for (const part of node.parts) add(part);
        return;
      case 'choice':
        addChoice(node.parts);
        return;
      case 'repeat':
        addRepeat(node);
        return;
      case 'group':
        if (node.index > 0) emit({ do: 'save', slot: 2 * node.index });
        add(node.of);
        if (node.index > 0) emit({ do: 'save', slot: 2 * node.index + 1 });
        return;
      case 'assertion':
        emit({ do: 'assert', what: node.what });
        return;
      case 'look':
      case 'backreference':
        throw new PatternError('looks around or back');
    }
  }

  function addChoice(parts: readonly PatternSyntax[]): void {
    const ends: { do: 'jump'; to: number }[] = [];
    for (const [at, part] of parts.entries()) {
      if (at === parts.length - 1) {
        add(part);
        break;
      }
      const split = emit({ do: 'split', first: program.length + 1, second: 0 });
      add(part);
      ends.push(emit({ do: 'jump', to: 0 }));
      split.second = program.length;
    }
    for (const end of ends) end.to = program.length;
  }

  function addRepeat({ of, min, max, greedy }: Extract<PatternSyntax, { kind: 'repeat' }>): void {
    for (let count = 0; count < min; count += 1) add(of);
    const optional = (): ((past: number) => void) => {
      const split = emit({ do: 'split', first: 0, second: 0 });
      const into = program.length;
      return (past) => {
        split.first = greedy ? into : past;
        split.second = greedy ? past : into;
      };
    };
    if (max === Number.POSITIVE_INFINITY) {
      const start = program.length;
      const leave = optional();
      add(of);
      emit({ do: 'jump', to: start });
      leave(program.length);
      return;
    }
    const leaves: ((past: number) => void)[] = [];
    for (let count = min; count < max; count += 1) {
      leaves.push(optional());
      add(of);
    }
    for (const leave of leaves) leave(program.length);
  }

  add(tree);
  emit({ do: 'save', slot: 1 });
  emit({ do: 'match' });
  return program;
}

function membership(ranges: readonly Range[], negated: boolean, ignoreCase: boolean): (code: number) => boolean {
  const within = (code: number): boolean => ranges.some(([from, to]) => code >= from && code <= to);
  const holds = (code: number): boolean => (within(code) || (ignoreCase && otherCases(code).some(within))) !== negated;
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => (holds(code) ? 1 : 0));
  return (code) => (code < 128 ? ascii[code] === 1 : holds(code));
}

function otherCases(code: number): number[] {
  const character = String.fromCodePoint(code);
  return [character.toLowerCase(), character.toUpperCase()]
    .filter((it) => [...it].length === 1)
    .map((it) => it.codePointAt(0) ?? code);
}

/** Where a match and its groups begin and end, in code points: `[start, end, start of group 1, ...]`; -1 for a group that took no part. */
export type Captures = readonly number[];

export type Search = {
  readonly codes: readonly number[];
  readonly from: number;
  readonly multiline: boolean;
  readonly slots: number;
  /** Stop at the first match, whichever it is. */
  readonly anyMatch: boolean;
};

/**
 * Finds the leftmost match, the preferred one there: all alternatives are followed at the same time, one character after
 * another, so the work is at most the length of the text times that of the program, whatever the pattern.
 */
export function search(
  program: readonly Instruction[],
  { codes, from, multiline, slots, anyMatch }: Search,
): Captures | undefined {
  const visited = new Int32Array(program.length).fill(-1);
  let current: { pc: number; captures: number[] }[] = [];
  let next: typeof current = [];
  let found: number[] | undefined;

  /** Follows what takes no character; keeps the order of preference. */
  function follow(start: number, captured: number[], position: number, into: typeof current): void {
    const stack = [{ pc: start, captures: captured }];
    for (let thread = stack.pop(); thread; thread = stack.pop()) {
      const { pc, captures } = thread;
      if (visited[pc] === position) continue;
      visited[pc] = position;
      const instruction = program[pc] as Instruction;
      switch (instruction.do) {
        case 'jump':
          stack.push({ pc: instruction.to, captures });
          break;
        case 'split':
          stack.push({ pc: instruction.second, captures }, { pc: instruction.first, captures });
          break;
        case 'save': {
          const saved = slots > 0 ? captures.with(instruction.slot, position) : captures;
          stack.push({ pc: pc + 1, captures: saved });
          break;
        }
        case 'assert':
          if (holds(instruction.what, codes, position, multiline)) stack.push({ pc: pc + 1, captures });
          break;
        default:
          into.push({ pc, captures });
      }
    }
  }

  const fresh = new Array<number>(slots).fill(-1);
  for (let position = from; position <= codes.length; position += 1) {
    if (!found) follow(0, fresh, position, current);
    if (current.length === 0 && found) break;
    for (const { pc, captures } of current) {
      const instruction = program[pc] as Instruction;
      if (instruction.do === 'match') {
        found = captures;
        break;
      }
      if (instruction.do === 'take' && position < codes.length && instruction.takes(codes[position] as number))
        follow(pc + 1, captures, position + 1, next);
    }
    if (found && anyMatch) return found;
    [current, next] = [next, []];
  }
  return found;
}

function holds(what: string, codes: readonly number[], at: number, multiline: boolean): boolean {
  if (what === 'start') return at === 0 || (multiline && codes[at - 1] === 10);
  if (what === 'end') return at === codes.length || (multiline && codes[at] === 10);
  const boundary = isWord(codes[at - 1]) !== isWord(codes[at]);
  return (what === 'boundary') === boundary;
}

const isWord = (code: number | undefined): boolean => code !== undefined && /\w/.test(String.fromCodePoint(code));
