import { limitLength } from '../budget.ts';
import { type Compiled, multiple, single } from '../compiled.ts';
import { type Call, needed } from '../context.ts';
import { FhirPathEvaluationError, FhirPathSyntaxError } from '../error.ts';
import { compilePattern, type Pattern, PatternError } from '../pattern/index.ts';
import { integerOf, stringOf, textValue } from '../text.ts';
import type { TypeName } from '../types.ts';
import type { FunctionTable } from './define.ts';
import { decode, encode, escapeText, unescapeText } from './encoding.ts';

/** https://hl7.org/fhirpath/N1/#string-manipulation */
export const strings: FunctionTable = {
  indexOf: withString('System.Integer', (text, part) => scalarIndex(text, text.indexOf(part))),
  lastIndexOf: withString('System.Integer', (text, part) => scalarIndex(text, text.lastIndexOf(part))),
  startsWith: withString('System.Boolean', (text, prefix) => text.startsWith(prefix)),
  endsWith: withString('System.Boolean', (text, suffix) => text.endsWith(suffix)),
  contains: withString('System.Boolean', (text, part) => text.includes(part)),
  substring: { args: [1, 2], build: substring },
  upper: alone('System.String', (text) => text.toUpperCase()),
  lower: alone('System.String', (text) => text.toLowerCase()),
  length: alone('System.Integer', (text) => (hasPairs(text) ? [...text].length : text.length)),
  trim: alone('System.String', (text) => text.replace(/^[ \t\r\n]+/, '').replace(/(?<![ \t\r\n])[ \t\r\n]+$/, '')),
  toChars: { args: [0, 0], build: (call) => many(call, (text) => [...text]) },
  split: { args: [1, 1], build: (call) => split(call) },
  join: { args: [0, 1], build: join },
  replace: withStrings((text, pattern, substitution) => replaceAll(text, pattern, substitution)),
  matches: { args: [1, 2], build: (call) => matching(call, (pattern, text) => pattern.test(text)) },
  matchesFull: { args: [1, 2], build: (call) => matching(call, (pattern, text) => pattern.testFull(text)) },
  replaceMatches: { args: [2, 3], build: replaceMatches },
  encode: withString('System.String', encode),
  decode: withString('System.String', decode),
  escape: withString('System.String', escapeText),
  unescape: withString('System.String', unescapeText),
};

function alone(result: TypeName, apply: (text: string) => unknown): FunctionTable[string] {
  return {
    args: [0, 0],
    build: ({ input, name }) => {
      const text = stringOf(input, `${name}()`);
      return single(result, (self, scope) => {
        const it = text(self, scope);
        return it === undefined ? undefined : apply(it);
      });
    },
  };
}

function withString(result: TypeName, apply: (text: string, argument: string) => unknown): FunctionTable[string] {
  return {
    args: [1, 1],
    build: (call) => {
      const [text, argument] = [stringOf(call.input, `${call.name}()`), stringOf(needed(call, 0), `${call.name}()`)];
      return single(result, (self, scope) => {
        const it = text(self, scope);
        const other = it === undefined ? undefined : argument(self, scope);
        return it === undefined || other === undefined ? undefined : apply(it, other);
      });
    },
  };
}

function withStrings(apply: (text: string, first: string, second: string) => string): FunctionTable[string] {
  return {
    args: [2, 2],
    build: (call) => {
      const what = `${call.name}()`;
      const [text, first, second] = [
        stringOf(call.input, what),
        stringOf(needed(call, 0), what),
        stringOf(needed(call, 1), what),
      ];
      return single('System.String', (self, scope) => {
        const [it, a, b] = [text(self, scope), first(self, scope), second(self, scope)];
        return it === undefined || a === undefined || b === undefined ? undefined : apply(it, a, b);
      });
    },
  };
}

/** Positions count characters, not UTF-16 units; most texts have no pairs and need no counting. */
const hasPairs = (text: string): boolean => /[\uD800-\uDBFF]/.test(text);
const scalarIndex = (text: string, index: number): number =>
  index > 0 && hasPairs(text) ? [...text.slice(0, index)].length : index;

function replaceAll(text: string, pattern: string, substitution: string): string {
  const parts = pattern === '' ? ['', ...text, ''] : text.split(pattern);
  limitLength(text.length + parts.length * substitution.length);
  return parts.join(substitution);
}

function substring(call: Call): Compiled {
  const text = stringOf(call.input, 'substring()');
  const start = integerOf(needed(call, 0), 'substring()');
  const length = call.args[1] && integerOf(needed(call, 1), 'substring()');
  return single('System.String', (self, scope) => {
    const it = text(self, scope);
    const from = it === undefined ? undefined : start(self, scope);
    if (it === undefined || from === undefined) return undefined;
    const count = length?.(self, scope) ?? Number.POSITIVE_INFINITY;
    const characters = hasPairs(it) ? [...it] : undefined;
    if (from < 0 || from >= (characters ?? it).length) return undefined;
    const to = from + Math.max(count, 0);
    return characters ? characters.slice(from, to).join('') : it.slice(from, to);
  });
}

function many({ input, name }: Call, parts: (text: string) => readonly string[]): Compiled {
  const text = stringOf(input, `${name}()`);
  return multiple('System.String', (self, scope) => {
    const it = text(self, scope);
    return it === undefined ? [] : parts(it);
  });
}

function split(call: Call): Compiled {
  const text = stringOf(call.input, 'split()');
  const separator = stringOf(needed(call, 0), 'split()');
  return multiple('System.String', (self, scope) => {
    const [it, by] = [text(self, scope), separator(self, scope)];
    return it === undefined || by === undefined ? [] : by === '' ? [...it] : it.split(by);
  });
}

function join(call: Call): Compiled {
  const separator = call.args[0] && stringOf(needed(call, 0), 'join()');
  const { many: items, type } = call.input;
  return single('System.String', (self, scope) => {
    const texts = items(self, scope).map((item) => textValue(item, type, 'join()'));
    if (texts.length === 0) return undefined;
    const between = separator?.(self, scope) ?? '';
    limitLength(texts.reduce((length, it) => length + (it?.length ?? 0) + between.length, 0));
    return texts.filter((it) => it !== undefined).join(between);
  });
}

/** The pattern of a literal is compiled with the expression; others when they come, the last one is kept. */
function patternOf(call: Call, flagsAt: number): (source: string, flags: string) => Pattern {
  const [source, flags] = [
    needed(call, 0).constant?.[0],
    call.args[flagsAt] ? needed(call, flagsAt).constant?.[0] : '',
  ];
  let last: { readonly key: string; readonly pattern: Pattern } | undefined;
  const make = (text: string, flagText: string): Pattern => {
    const key = `${flagText} ${text}`;
    if (last?.key !== key) last = { key, pattern: compilePattern(text, flagText) };
    return last.pattern;
  };
  if (typeof source === 'string' && typeof flags === 'string') {
    try {
      make(source, flags);
    } catch (problem) {
      throw problem instanceof PatternError
        ? new FhirPathSyntaxError(`the pattern ${problem.message}`, call.at, 'semantic')
        : problem;
    }
  }
  return make;
}

function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (problem) {
    throw problem instanceof PatternError ? new FhirPathEvaluationError(`the pattern ${problem.message}`) : problem;
  }
}

function matching(call: Call, holds: (pattern: Pattern, text: string) => boolean): Compiled {
  const what = `${call.name}()`;
  const [text, source] = [stringOf(call.input, what), stringOf(needed(call, 0), what)];
  const flags = call.args[1] && stringOf(needed(call, 1), what);
  const pattern = patternOf(call, 1);
  return single('System.Boolean', (self, scope) => {
    const it = text(self, scope);
    const regex = it === undefined ? undefined : source(self, scope);
    if (it === undefined || regex === undefined) return undefined;
    return guarded(() => holds(pattern(regex, flags?.(self, scope) ?? ''), it));
  });
}

function replaceMatches(call: Call): Compiled {
  const what = 'replaceMatches()';
  const [text, source, by] = [
    stringOf(call.input, what),
    stringOf(needed(call, 0), what),
    stringOf(needed(call, 1), what),
  ];
  const flags = call.args[2] && stringOf(needed(call, 2), what);
  const pattern = patternOf(call, 2);
  return single('System.String', (self, scope) => {
    const [it, regex, substitution] = [text(self, scope), source(self, scope), by(self, scope)];
    if (it === undefined || regex === undefined || substitution === undefined) return undefined;
    // an empty pattern marks nothing that could be replaced
    if (regex === '') return it;
    return guarded(() => pattern(regex, flags?.(self, scope) ?? '').replace(it, substitution));
  });
}
