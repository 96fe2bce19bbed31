/** Lengths in characters (Unicode code points), not in the units of UTF-16, of which an emoji takes two. */
export const isLonger = (text: string, limit: number): boolean =>
  text.length > 2 * limit || (text.length > limit && characters(text) > limit);

export const isShorter = (text: string, limit: number): boolean => text.length < limit || characters(text) < limit;

function characters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const isPair = isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1));
    if (isPair) at++;
    count++;
  }
  return count;
}

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
