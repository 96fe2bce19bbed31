/** encode(), decode(), escape(), unescape() (https://hl7.org/fhirpath/#additional-string-functions). Undefined for an unknown format. */

export function encode(text: string, format: string): string | undefined {
  const bytes = Buffer.from(text, 'utf8');
  switch (format) {
    case 'hex':
      return bytes.toString('hex');
    case 'base64':
      return bytes.toString('base64');
    case 'urlbase64':
      return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
    case 'ascii':
      return [...text].map((it) => ((it.codePointAt(0) ?? 0) > 127 ? '?' : it)).join('');
    default:
      return undefined;
  }
}

export function decode(text: string, format: string): string | undefined {
  if (format === 'hex') return /^(?:[0-9A-Fa-f]{2})*$/.test(text) ? utf8(Buffer.from(text, 'hex')) : undefined;
  if (format !== 'base64' && format !== 'urlbase64') return undefined;
  const standard = format === 'base64' ? text : text.replaceAll('-', '+').replaceAll('_', '/');
  return /^[A-Za-z0-9+/]*={0,2}$/.test(standard) ? utf8(Buffer.from(standard, 'base64')) : undefined;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const entities: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' };
const characters: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

export function escapeText(text: string, target: string): string | undefined {
  if (target === 'html') return text.replace(/[&<>"']/g, (it) => `&${entities[it]};`);
  return target === 'json' ? JSON.stringify(text).slice(1, -1) : undefined;
}

export function unescapeText(text: string, target: string): string | undefined {
  if (target === 'html') return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([a-z]{1,10}));/g, entity);
  if (target !== 'json') return undefined;
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/gs, (_, code?: string, letter?: string) =>
    code
      ? String.fromCharCode(Number.parseInt(code, 16))
      : ({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[letter ?? ''] ?? letter ?? ''),
  );
}

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return Object.hasOwn(characters, name) ? (characters[name] ?? whole) : whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
