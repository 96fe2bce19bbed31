/**
 * Character sets of MSH-18 (HL7 v2.5, table 0211) to the label of TextDecoder, by their letters and digits: senders write
 * `UNICODE UTF-8`, `UTF-8`, `utf8`, `8859/1` or `ISO-8859-1`.
 */
const labels: Readonly<Record<string, string>> = {
  ASCII: 'utf-8',
  USASCII: 'utf-8',
  UNICODEUTF8: 'utf-8',
  UTF8: 'utf-8',
  UNICODE: 'utf-8',
  LATIN1: 'iso-8859-1',
  WINDOWS1252: 'windows-1252',
  CP1252: 'windows-1252',
  '1252': 'windows-1252',
};

/** For the remedy of a finding: one spelling of each. */
export const knownCharsets = 'UNICODE UTF-8, 8859/1 to 8859/9, 8859/15, WINDOWS-1252, ASCII';

/** The label of TextDecoder for a name in MSH-18, in any spelling; undefined for another set. */
export function charsetLabel(name: string): string | undefined {
  const plain = name.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const iso = /^(?:ISO)?8859([1-9]|15)$/.exec(plain)?.[1];
  return iso ? `iso-8859-${iso}` : labels[plain];
}

/** Text of the bytes, or undefined when they are not in the character set. */
export function decoded(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
