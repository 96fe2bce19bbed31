import { isA } from '../../../../fhir/model.ts';
import { compileTest, FhirPathEvaluationError, FhirPathSyntaxError, typed } from '../../../../fhirpath/index.ts';
import type { Syntax } from '../../../../fhirpath/syntax.ts';
import { childrenOf, isPrimitive, type Place } from './place.ts';

/**
 * Places that a path selects in the resource at `root`. Undefined when the path uses more than a patch may: element
 * names, `[n]`, first(), last(), ofType(), extension('url') and where() with comparisons. The rest of FHIRPath would
 * create values, leave the resource, or take unbounded time.
 */
export function select(path: Syntax, root: Place): readonly Place[] | undefined {
  switch (path.kind) {
    case 'member':
      return path.on ? step(select(path.on, root), path.name) : firstStep(path.name, root);
    case 'indexer': {
      const on = select(path.on, root);
      return path.index.kind === 'integer' ? on?.slice(Number(path.index.text)).slice(0, 1) : undefined;
    }
    case 'type':
      return path.operator === 'as' ? ofType(select(path.operand, root), path.type) : undefined;
    case 'call':
      return called(path, path.on ? select(path.on, root) : [root]);
    default:
      return undefined;
  }
}

const firstStep = (name: string, root: Place) => (isA(root.type, name) ? [root] : childrenOf(root, name));

function step(places: readonly Place[] | undefined, name: string): readonly Place[] | undefined {
  const found = places?.map((it) => childrenOf(it, name));
  return found?.every((it) => it !== undefined) ? found.flat() : undefined;
}

function called({ name, args }: Syntax & { kind: 'call' }, places: readonly Place[] | undefined) {
  const [argument] = args;
  if (!places || args.length > 1) return undefined;
  if (!argument) return name === 'first' ? places.slice(0, 1) : name === 'last' ? places.slice(-1) : undefined;
  if (name === 'where') return isComparison(argument) ? where(places, argument) : undefined;
  if (name === 'extension' && argument.kind === 'string')
    return step(places, 'extension')?.filter(({ item }) => (item.value as { url?: unknown }).url === argument.text);
  return (name === 'ofType' || name === 'as') && argument.kind === 'member' && !argument.on
    ? ofType(places, argument.name)
    : undefined;
}

const ofType = (places: readonly Place[] | undefined, type: string) => places?.filter((it) => isA(it.type, type));

function where(places: readonly Place[], criterion: Syntax): readonly Place[] | undefined {
  const tests = new Map<string, ReturnType<typeof compileTest>>();
  try {
    return places.filter(({ type, item: { value, extras } }) => {
      const test = tests.get(type) ?? compileTest(criterion, { type, strict: true });
      tests.set(type, test);
      const focus = isPrimitive(type) ? typed(type, value, extras as Readonly<Record<string, unknown>>) : value;
      return test(focus) === true;
    });
  } catch (error) {
    if (error instanceof FhirPathSyntaxError || error instanceof FhirPathEvaluationError) return undefined;
    throw error;
  }
}

const operators: readonly string[] = ['=', '!=', '~', '!~', 'and', 'or'];
const functionNames: readonly string[] = ['exists', 'empty', 'not', 'first', 'last'];

/** A comparison of elements and literals: its time is linear in the number of elements. */
function isComparison(it: Syntax): boolean {
  switch (it.kind) {
    case 'string':
    case 'boolean':
    case 'integer':
    case 'decimal':
    case 'temporal':
    case 'this':
      return true;
    case 'member':
      return !it.on || isComparison(it.on);
    case 'indexer':
      return isComparison(it.on) && it.index.kind === 'integer';
    case 'binary':
      return operators.includes(it.operator) && isComparison(it.left) && isComparison(it.right);
    case 'call':
      return (!it.on || isComparison(it.on)) && it.args.length === 0 && functionNames.includes(it.name);
    default:
      return false;
  }
}
