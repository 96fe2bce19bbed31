/** Decimals as written: two that are one double may differ (https://hl7.org/fhir/R4/datatypes.html#decimal). */
import { decimalText, hasDecimalTexts } from '../../fhir/decimal.ts';

/** Negative when `a` is less, 0 when they have the same value, positive when it is greater. Linear in their digits. */
export function compareDecimalTexts(a: string, b: string): number {
  const [x, y] = [parse(a), parse(b)];
  // The exponent of a number of a message has no bound; where it decides, the doubles do too.
  if (!x || !y || Math.abs(x.exponent - y.exponent) > maxShift) return Number(a) - Number(b);
  const least = Math.min(x.exponent, y.exponent);
  const [left, right] = [x, y].map(({ digits, exponent }) => digits * 10n ** BigInt(exponent - least));
  return left! < right! ? -1 : left! > right! ? 1 : 0;
}

const maxShift = 400;
const form = /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

type Scaled = { readonly digits: bigint; readonly exponent: number };

function parse(text: string): Scaled | undefined {
  const found = form.exec(text);
  if (!found || text.length > 1000) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = found;
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** Whether two numbers have the same value as written. */
export function sameDecimal(a: object, aKey: string, b: object, bKey: string): boolean {
  if (!hasDecimalTexts(a) && !hasDecimalTexts(b)) return true;
  const [x, y] = [decimalText(a, aKey), decimalText(b, bKey)];
  return x === undefined || y === undefined || compareDecimalTexts(x, y) === 0;
}
