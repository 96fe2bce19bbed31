import { elementsIn, objectIdentifier, octetString, oidOf, readElement, sequence } from './der.ts';

const subjectAltName = '2.5.29.17';
/** IA5String as the type of an otherName, in which UZI certificates have their numbers. */
const uziNumbers = '2.5.5.5';

const contextTag = { otherName: 0xa0, uri: 0x86 };

/**
 * URA numbers (UZI-register abonneenummer) in the SAN of a certificate. UZI server certificates have an otherName
 * `<OID CA>-<version>-<UZI number>-S-<URA>-<role>-<AGB>`; others have a URI `urn:oid:2.16.528.1.1007.3.3.<URA>`.
 */
export function urasOf(certificate: Uint8Array): readonly string[] {
  const found = generalNames(certificate).flatMap(({ tag, content }) => {
    const text = tag === contextTag.otherName ? otherName(content) : tag === contextTag.uri ? ascii(content) : '';
    return uraIn(text) ?? [];
  });
  return [...new Set(found)];
}

/** Of a server: the numbers of persons (card type Z, N or M) identify somebody else than the organisation's system. */
const uraIn = (text: string): string | undefined =>
  /^2\.16\.528\.1\.1(?:003|007)\.[\d.]+-\d+-\d+-S-(\d{8})-\d{2}\.\d{3}-\d{8}$/.exec(text)?.[1] ??
  /^urn:oid:2\.16\.528\.1\.1007\.3\.3\.(\d{8})$/.exec(text)?.[1];

/** `otherName [0] { type-id, value [0] EXPLICIT }`. */
function otherName(content: Uint8Array): string {
  const [type, value] = elementsIn(content);
  if (type?.tag !== objectIdentifier || oidOf(type.content) !== uziNumbers || value?.tag !== 0xa0) return '';
  const text = readElement(value.content);
  return text ? ascii(text.content) : '';
}

const ascii = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** tbsCertificate -> extensions [3] -> subjectAltName. */
function generalNames(certificate: Uint8Array) {
  const tbs = readElement(readElement(certificate)?.content ?? new Uint8Array())?.content ?? new Uint8Array();
  const extensions = elementsIn(tbs).find(({ tag }) => tag === 0xa3);
  const list = extensions && readElement(extensions.content);
  const names = elementsIn(list?.content ?? new Uint8Array()).flatMap(({ tag, content }) => {
    const [id, ...others] = tag === sequence ? elementsIn(content) : [];
    const value = others.at(-1);
    const isNames = id && oidOf(id.content) === subjectAltName && value?.tag === octetString;
    return isNames ? elementsIn(readElement(value.content)?.content ?? new Uint8Array()) : [];
  });
  return names;
}
