import { baseUnits, binaryPrefixes, metricUnits, plainUnits, prefixes, specialUnits } from './ucum-table.ts';

/** An exact fraction; the denominator is positive. */
export type Ratio = { readonly numerator: bigint; readonly denominator: bigint };

/** A UCUM unit (https://ucum.org/ucum): a factor times a product of base units. */
export type Unit = {
  readonly factor: Ratio;
  /** Base unit to exponent. An arbitrary or special unit ([iU], Cel) is a dimension of its own: no factor converts it. */
  readonly dimension: ReadonlyMap<string, number>;
  /** The dimension as text: two units are commensurable when it is equal. */
  readonly dimensionKey: string;
  /** The unit as it was written, factor by factor: `[['m', 1], ['s', -1]]`. */
  readonly terms: ReadonlyMap<string, number>;
};

const maxLength = 100;
const maxExponent = 30;
const remembered = new Map<string, Unit | undefined>();
const maxRemembered = 1000;

/** Reads a case-sensitive UCUM code: `mg/dL`, `10*3/uL`, `mm[Hg]`, `{score}`. Undefined when UCUM has no such unit. */
export function parseUnit(code: string): Unit | undefined {
  if (remembered.has(code)) return remembered.get(code);
  const unit = code.length > maxLength ? undefined : read(code);
  // codes come from messages: the cache is bounded
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(code, unit);
  return unit;
}

type Measure = { factor: Ratio; dimension: Map<string, number>; terms: Map<string, number> };

const one: Ratio = { numerator: 1n, denominator: 1n };
const unity = (): Measure => ({ factor: one, dimension: new Map(), terms: new Map() });

function read(code: string): Unit | undefined {
  let at = 0;

  function product(): Measure | undefined {
    let sign = 1;
    if (code[at] === '/') {
      sign = -1;
      at += 1;
    }
    let total = unity();
    for (;;) {
      const next = component();
      if (!next) return undefined;
      total = combine(total, next, sign);
      if (code[at] !== '.' && code[at] !== '/') return total;
      sign = code[at] === '/' ? -1 : 1;
      at += 1;
    }
  }

  function component(): Measure | undefined {
    if (code[at] === '(') {
      at += 1;
      const inner = product();
      if (!inner || code[at] !== ')') return undefined;
      at += 1;
      annotation();
      return inner;
    }
    const found = symbol();
    const annotated = annotation();
    return found ?? (annotated && found === undefined ? unity() : undefined);
  }

  /** Null for a symbol that is not a unit, undefined when there is no symbol. */
  function symbol(): Measure | null | undefined {
    const text = /^(?:10[*^]|\d+(?![*^])|(?:\[[^\]]*\]|[^\d().+\-/{}=[\]])+)/.exec(code.slice(at))?.[0];
    if (!text) return undefined;
    at += text.length;
    if (/^\d+$/.test(text))
      return {
        factor: { numerator: BigInt(text), denominator: 1n },
        dimension: new Map(),
        terms: new Map([[text, 1]]),
      };
    const exponentText = /^[+-]?\d{1,2}(?!\d)/.exec(code.slice(at))?.[0] ?? '';
    at += exponentText.length;
    const exponent = Number(exponentText || 1);
    const unit = atom(text);
    if (!unit || Math.abs(exponent) > maxExponent) return null;
    return combine(unity(), { ...unit, terms: new Map([[text, 1]]) }, exponent);
  }

  function annotation(): boolean {
    const text = /^\{[^{}]*\}/.exec(code.slice(at))?.[0];
    at += text?.length ?? 0;
    return text !== undefined;
  }

  const measure = product();
  if (!measure || at < code.length || code === '') return undefined;
  const dimensionKey = [...measure.dimension]
    .map(([base, exponent]) => `${base}${exponent}`)
    .sort()
    .join('.');
  return { ...measure, dimensionKey };
}

const atoms = new Map<string, Measure | undefined>();

/** A unit symbol with or without a prefix; the bare symbol takes precedence: `Pa` is not a peta-year, `cd` not a centiday. */
function atom(symbol: string): Measure | undefined {
  if (atoms.has(symbol)) return atoms.get(symbol);
  const found = withoutPrefix(symbol) ?? withPrefix(symbol);
  if (found && atoms.size < maxRemembered) atoms.set(symbol, found);
  return found;
}

function withoutPrefix(symbol: string): Measure | undefined {
  if ((baseUnits as readonly string[]).includes(symbol) || Object.hasOwn(specialUnits, symbol)) return own(symbol);
  const entry = entryOf(metricUnits, symbol) ?? entryOf(plainUnits, symbol);
  if (!entry) return undefined;
  const [factor, of] = entry;
  if (of === 'arbitrary') return own(symbol);
  const unit = of === '1' ? unity() : read(of);
  return (
    unit && { factor: times(decimalRatio(factor), unit.factor), dimension: new Map(unit.dimension), terms: new Map() }
  );
}

function withPrefix(symbol: string): Measure | undefined {
  for (const length of [2, 1]) {
    const [prefix, rest] = [symbol.slice(0, length), symbol.slice(length)];
    const metric =
      (baseUnits as readonly string[]).includes(rest) ||
      Object.hasOwn(metricUnits, rest) ||
      specialUnits[rest] === true;
    const factor = prefixFactor(prefix);
    const unit = metric && factor ? atom(rest) : undefined;
    if (unit && factor) return { ...unit, factor: times(factor, unit.factor) };
  }
  return undefined;
}

function prefixFactor(prefix: string): Ratio | undefined {
  if (Object.hasOwn(binaryPrefixes, prefix)) return decimalRatio(binaryPrefixes[prefix] ?? '1');
  if (!Object.hasOwn(prefixes, prefix)) return undefined;
  return power({ numerator: 10n, denominator: 1n }, prefixes[prefix] ?? 0);
}

const own = (symbol: string): Measure => ({ factor: one, dimension: new Map([[symbol, 1]]), terms: new Map() });
const entryOf = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

function combine(left: Measure, right: Measure, exponent: number): Measure {
  const [dimension, terms] = [new Map(left.dimension), new Map(left.terms)];
  for (const [from, into] of [
    [right.dimension, dimension],
    [right.terms, terms],
  ] as const) {
    for (const [base, count] of from) {
      const sum = (into.get(base) ?? 0) + count * exponent;
      if (sum === 0) into.delete(base);
      else into.set(base, sum);
    }
  }
  return { factor: times(left.factor, power(right.factor, exponent)), dimension, terms };
}

export const times = (left: Ratio, right: Ratio): Ratio =>
  reduce(left.numerator * right.numerator, left.denominator * right.denominator);

export const inverse = ({ numerator, denominator }: Ratio): Ratio => ({
  numerator: denominator,
  denominator: numerator,
});

function power(base: Ratio, exponent: number): Ratio {
  const [n, of] = [BigInt(Math.abs(exponent)), exponent < 0 ? inverse(base) : base];
  return { numerator: of.numerator ** n, denominator: of.denominator ** n };
}

function reduce(numerator: bigint, denominator: bigint): Ratio {
  let [a, b] = [numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? { numerator, denominator } : { numerator: numerator / a, denominator: denominator / a };
}

function decimalRatio(text: string): Ratio {
  const [whole = '', fraction = ''] = text.split('.');
  return reduce(BigInt(whole + fraction), 10n ** BigInt(fraction.length));
}

/** The unit of a product (`exponent` 1) or a quotient (-1) of quantities: `m/s` times `s` is `m`. */
export function combineUnits(left: string, right: string, exponent: 1 | -1): string | undefined {
  const [a, b] = [parseUnit(left), parseUnit(right)];
  if (!a || !b) return undefined;
  const terms = new Map(a.terms);
  for (const [symbol, count] of b.terms) terms.set(symbol, (terms.get(symbol) ?? 0) + count * exponent);
  const shown = [...terms].filter(([symbol, count]) => count !== 0 && symbol !== '1');
  const print = ([symbol, count]: [string, number]): string => symbol + (Math.abs(count) === 1 ? '' : Math.abs(count));
  const above = shown.filter(([, count]) => count > 0).map(print);
  const below = shown.filter(([, count]) => count < 0).map(print);
  return above.join('.') + below.map((it) => `/${it}`).join('') || '1';
}
