import { PatternError, type PatternSyntax } from './syntax.ts';

/** More instructions than this make a pattern slow to compile and to run. */
const maxInstructions = 20_000;
/** RE2 refuses repetitions that multiply to more. */
const maxRepeats = 1000;

/**
 * Refuses what RE2 would refuse, before it is loaded: a message must not be the first to discover it.
 * Throws PatternError.
 */
export function checkSize(tree: PatternSyntax): void {
  if (!repeatsWithin(tree, maxRepeats)) throw new PatternError(`nests repetitions that multiply to over ${maxRepeats}`);
  if (instructionsOf(tree) > maxInstructions) throw new PatternError('is too large');
}

function repeatsWithin(node: PatternSyntax, allowed: number): boolean {
  if (node.kind === 'sequence' || node.kind === 'choice') return node.parts.every((it) => repeatsWithin(it, allowed));
  if (node.kind === 'group') return repeatsWithin(node.of, allowed);
  if (node.kind !== 'repeat') return true;
  const times = Number.isFinite(node.max) ? node.max : node.min;
  return times <= allowed && repeatsWithin(node.of, times > 0 ? Math.floor(allowed / times) : allowed);
}

function instructionsOf(node: PatternSyntax): number {
  switch (node.kind) {
    case 'sequence':
    case 'choice':
      return node.parts.reduce((sum, part) => sum + instructionsOf(part) + (node.kind === 'choice' ? 1 : 0), 0);
    case 'group':
      return instructionsOf(node.of) + 2;
    case 'repeat':
      return (instructionsOf(node.of) + 1) * (Number.isFinite(node.max) ? node.max : Math.max(node.min, 1));
    default:
      return 1;
  }
}
