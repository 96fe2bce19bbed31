/** Escaping for XML 1.0 (https://www.w3.org/TR/xml/). */

/** Line ends and tabs of an attribute are written as references: a reader would make spaces of them. */
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

/** Characters that XML has no way to write: most controls, halves of surrogate pairs, U+FFFE and U+FFFF. */
const unwritable = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
export const isWritable = (text: string): boolean => !unwritable.test(text);

/** The same text with U+FFFD in place of what XML has no way to write. */
export const madeWritable = (text: string): string => text.replace(new RegExp(unwritable, 'gu'), '\uFFFD');
