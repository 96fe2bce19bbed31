/** Escaping for XML 1.0 (https://www.w3.org/TR/xml/). */

/** Writes line ends and tabs as character references: an XML parser would normalise them to spaces. */
export const attributeText = (text: string): string =>
  /[&<>"\t\n\r]/.test(text) ? text.replace(/[&<>"\t\n\r]/g, (it) => escapes[it]!) : text;

export const contentText = (text: string): string =>
  /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, (it) => escapes[it]!) : text;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Characters that XML cannot represent: most controls, lone surrogates, U+FFFE and U+FFFF. */
const unwritable = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
export const isWritable = (text: string): boolean => !unwritable.test(text);

/** The same text with U+FFFD in place of what XML has no way to write. */
export const madeWritable = (text: string): string => text.replace(new RegExp(unwritable, 'gu'), '\uFFFD');
