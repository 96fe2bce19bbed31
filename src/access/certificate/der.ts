/** One element of ASN.1 DER (ITU-T X.690): its tag, its content and what follows it. */
export type Element = { readonly tag: number; readonly content: Uint8Array; readonly rest: Uint8Array };

/** Reads one element of definite length; undefined when the bytes are no DER. */
export function readElement(bytes: Uint8Array): Element | undefined {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4 || bytes.length < 2 + lengthBytes) return undefined;
  const length =
    lengthBytes === 0 ? first : bytes.subarray(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
  const start = 2 + lengthBytes;
  if (bytes.length < start + length) return undefined;
  return { tag, content: bytes.subarray(start, start + length), rest: bytes.subarray(start + length) };
}

/** The elements within a constructed element; stops where the bytes are no DER. */
export function elementsIn(bytes: Uint8Array): readonly Element[] {
  const found: Element[] = [];
  for (let next = readElement(bytes); next; next = readElement(next.rest)) found.push(next);
  return found;
}

export const sequence = 0x30;
export const objectIdentifier = 0x06;
export const octetString = 0x04;

/** Dotted text of an object identifier. */
export function oidOf(content: Uint8Array): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of content) {
    number = number * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...others] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...others].join('.');
}
