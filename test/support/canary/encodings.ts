import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** What a text says when it is read as another encoding: a value that leaves in one has left. */
export function readings(text: string, depth = 2): ReadonlySet<string> {
  const found = new Set([text]);
  if (depth === 0) return found;
  const add = (it: string) => {
    if (it !== text) for (const one of readings(it, depth - 1)) found.add(one);
  };
  if (/%[0-9A-Fa-f]{2}/.test(text)) add(text.replace(/(?:%[0-9A-Fa-f]{2})+/g, percent));
  if (/\\u[0-9A-Fa-f]{4}/.test(text))
    add(text.replace(/\\+u([0-9A-Fa-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))));
  if (/&#/.test(text))
    add(
      text.replace(/&#(x?)([0-9A-Fa-f]+);/g, (_, hex, code) =>
        String.fromCharCode(Number.parseInt(code, hex ? 16 : 10)),
      ),
    );
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{12,}={0,2}/g)) {
    // a value may begin at any place of a run: each of the four alignments
    for (const at of [0, 1, 2, 3]) {
      const bytes = Buffer.from(run.slice(at), run.includes('-') || run.includes('_') ? 'base64url' : 'base64');
      const plain = bytes.toString('latin1');
      if (/[A-Za-z]{6}/.test(plain)) add(plain);
      if (at === 0) for (const it of unpacked(bytes)) add(it);
    }
    if (/^(?:[0-9a-f]{2}){8,}$/i.test(run)) add(Buffer.from(run, 'hex').toString('latin1'));
  }
  return found;
}

function percent(run: string): string {
  return Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8');
}

/** As gzip, zlib or Brotli. */
function unpacked(bytes: Buffer): string[] {
  const found: string[] = [];
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) attempt(() => found.push(gunzipSync(bytes).toString()));
  else if (bytes[0] === 0x78) attempt(() => found.push(inflateSync(bytes).toString()));
  else if (bytes.length > 40 && bytes.length < 100_000)
    attempt(() => found.push(brotliDecompressSync(bytes).toString()));
  return found;
}

function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // not of this kind
  }
}

/** The tokens of a form in a text, in whatever encoding. */
export const tokensIn = (text: string, form: RegExp): string[] => [
  ...new Set([...readings(text)].flatMap((it) => it.match(form) ?? [])),
];
