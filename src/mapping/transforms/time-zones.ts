/**
 * Time zone abbreviations that are unambiguous in Europe. Others (IST, CST, BST) have several meanings, and a name such as
 * Europe/Amsterdam requires a time zone database: a text with one of them is not read.
 */
const offsets: Readonly<Record<string, string>> = {
  UTC: 'Z',
  GMT: 'Z',
  WET: '+00:00',
  WEST: '+01:00',
  CET: '+01:00',
  MET: '+01:00',
  CEST: '+02:00',
  MEST: '+02:00',
  EET: '+02:00',
  EEST: '+03:00',
};

/** Pattern for `z`: an abbreviation, `GMT+01:00`, or an offset. */
export const zonePattern: string = `(?:GMT|UTC)?[+-]\\d{2}:?\\d{2}|Z|${Object.keys(offsets)
  .sort((a, b) => b.length - a.length)
  .join('|')}`;

/** The FHIR form of an offset. */
export function zoneText(written: string): string {
  const zone = written.toUpperCase();
  const named = offsets[zone];
  if (named !== undefined) return named;
  const offset = zone.replace(/^(?:GMT|UTC)/, '');
  return offset === 'Z' || offset.includes(':') ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
}
