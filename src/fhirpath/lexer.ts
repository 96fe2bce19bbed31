import { FhirPathSyntaxError, type Position } from './error.ts';

/** The lexical elements of FHIRPath (https://hl7.org/fhirpath/N1/#lexical-elements). */
export type Token = Position & {
  readonly kind:
    | 'identifier'
    | 'delimited'
    | 'string'
    | 'integer'
    | 'long'
    | 'decimal'
    | 'temporal'
    | 'variable'
    | 'symbol'
    | 'end';
  /** Unescaped; for a variable the name without %, for a date or time the literal without @. */
  readonly text: string;
};

/** Limit on tokens: far above any expression written by hand, it bounds recursion in the compiler and its closures. */
const maxTokens = 5000;

const whitespace = /[ \t\r\n]+/y;
const lineComment = /\/\/[^\r\n]*/y;
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /\d+(?:\.\d+|(L)(?![A-Za-z0-9_]))?/y;
const temporal =
  /@(T\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?|\d{4}(?:-\d{2}(?:-\d{2})?)?(?:T(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)/y;
const symbol = /\$this|\$index|\$total|!=|!~|<=|>=|[-+*/&|=~<>()[\]{}.,:]/y;
const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', f: '\f' };

/** Throws FhirPathSyntaxError on text that is not a token: an unterminated string or comment, a stray character. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const position = positions(text);
  const fail = (problem: string, offset = at): never => {
    throw new FhirPathSyntaxError(problem, position(offset));
  };
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at += match[0].length;
    return match ?? undefined;
  };
  /** The text between two quotes, escapes resolved; `at` is the offset of the opening quote. */
  const quoted = (): string => {
    const [quote, opening] = [text[at], at];
    const parts: string[] = [];
    for (let from = ++at; ; at += 1) {
      if (at >= text.length) fail(`${quote} is not closed`, opening);
      if (text[at] === quote) {
        parts.push(text.slice(from, at));
        at += 1;
        return parts.join('');
      }
      if (text[at] !== '\\') continue;
      parts.push(text.slice(from, at));
      const code = /^u([0-9A-Fa-f]{4})/.exec(text.slice(at + 1, at + 6))?.[1];
      const escaped = text[at + 1] ?? '';
      // a backslash before any other character is ignored (https://hl7.org/fhirpath/#string)
      parts.push(code ? String.fromCharCode(Number.parseInt(code, 16)) : (escapes[escaped] ?? escaped));
      at += code ? 5 : 1;
      from = at + 1;
    }
  };

  for (;;) {
    if (take(whitespace) || take(lineComment)) continue;
    if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) fail('the comment /* is not closed');
      at = end + 2;
      continue;
    }
    const here = position(at);
    if (tokens.length > maxTokens) fail(`longer than ${maxTokens} tokens`);
    const push = (kind: Token['kind'], value: string): void => {
      tokens.push({ kind, text: value, ...here });
    };
    if (at >= text.length) {
      push('end', '');
      return tokens;
    }
    const start = text[at];
    if (start === "'") push('string', quoted());
    else if (start === '`') push('delimited', quoted());
    else if (start === '%') {
      at += 1;
      if (text[at] === '`' || text[at] === "'") push('variable', quoted());
      else push('variable', (take(identifier) ?? fail('a name must follow %'))[0]);
    } else if (start === '@') {
      push('temporal', (take(temporal) ?? fail('@ must be followed by a date or a time'))[1] ?? '');
    } else pushWord(push);
  }

  function pushWord(push: (kind: Token['kind'], value: string) => void): void {
    const word = take(identifier);
    const digits = word ? undefined : take(number);
    if (word) push('identifier', word[0]);
    else if (digits?.[1]) push('long', digits[0].slice(0, -1));
    else if (digits) push(digits[0].includes('.') ? 'decimal' : 'integer', digits[0]);
    else push('symbol', (take(symbol) ?? fail(`unexpected character ${text[at]}`))[0]);
  }
}

/** Line and column of an offset; continues from the previous call, so that a long text is scanned once. */
function positions(text: string): (offset: number) => Position {
  let [line, lineStart, seen] = [1, 0, 0];
  return (offset) => {
    for (; seen < offset; seen += 1) {
      if (text[seen] !== '\n') continue;
      line += 1;
      lineStart = seen + 1;
    }
    return { line, column: offset - lineStart + 1 };
  };
}
