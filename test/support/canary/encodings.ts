import { gunzipSync, inflateSync } from 'node:zlib';

/** What begins a canary (`Qz` and a letter from b to m) in base64, at each of its three alignments. */
const begun = /UXp|[FVl1]F6|Rem/;
/** How gzip and zlib begin in base64. */
const packed = /^(?:H4sI|eJ|eN|eA|eF)/;

/** What a text says when it is read in another encoding: a value that leaves in one has left. */
export function readings(text: string, depth = 2): ReadonlySet<string> {
  const found = new Set([text]);
  if (depth === 0) return found;
  const add = (it: string) => {
    if (it !== text) for (const one of readings(it, depth - 1)) found.add(one);
  };
  if (/%[0-9A-Fa-f]{2}/.test(text)) add(text.replace(/(?:%[0-9A-Fa-f]{2})+/g, percent));
  if (/\\u[0-9A-Fa-f]{4}/.test(text))
    add(text.replace(/\\+u([0-9A-Fa-f]{4})/g, (_, code: string) => unicode(code, 16)));
  if (/&#x?[0-9A-Fa-f]/.test(text))
    add(text.replace(/&#(x?)([0-9A-Fa-f]+);/g, (_, hex: string, code: string) => unicode(code, hex ? 16 : 10)));
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{10,}={0,2}/g)) {
    const encoding = /[-_]/.test(run) ? 'base64url' : 'base64';
    // what is encoded may begin anywhere in a run of such characters
    if (begun.test(run)) for (const at of [0, 1, 2, 3]) add(Buffer.from(run.slice(at), encoding).toString('latin1'));
    if (packed.test(run)) for (const it of unpacked(Buffer.from(run, encoding))) add(it);
    if (/^(?:[0-9a-f]{2})+$/i.test(run) && /517a/i.test(run)) add(Buffer.from(run, 'hex').toString('latin1'));
  }
  return found;
}

const percent = (run: string): string => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8');

const unicode = (code: string, base: number): string => {
  const point = Number.parseInt(code, base);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '';
};

function unpacked(bytes: Buffer): string[] {
  try {
    return [(bytes[0] === 0x1f ? gunzipSync(bytes) : inflateSync(bytes)).toString()];
  } catch {
    return [];
  }
}

/** The tokens of a form in a text, in whatever encoding. */
export const tokensIn = (text: string, form: RegExp): string[] => [
  ...new Set([...readings(text)].flatMap((it) => it.match(form) ?? [])),
];
