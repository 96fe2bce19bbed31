/** The parts of an acknowledgement of HL7 v2 that tests look at. */
const segments = (text: string): string[][] => text.split('\r').map((line) => line.split('|'));

/** MSA-1 and MSA-2. */
export function acknowledgedIn(text: string): { readonly code: string | undefined; readonly of: string | undefined } {
  const found = segments(text).find(([name]) => name === 'MSA');
  return { code: found?.[1], of: found?.[2] };
}

/** The ERR segments: where, how bad, which rule, and the texts in English and Dutch. */
export const findingsIn = (text: string) =>
  segments(text)
    .filter(([name]) => name === 'ERR')
    .map((fields) => ({
      at: fields[2],
      severity: fields[4],
      rule: fields[5]?.split('^')[0],
      en: fields[7],
      nl: fields[8],
    }));
