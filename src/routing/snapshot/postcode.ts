/** The four digits of a Dutch postcode: 1281 for `1281 AA` and for `1281`. */
export function postcodeNumber(postcode: string): number | undefined {
  const digits = /^\s*([1-9][0-9]{3})\s*(?:[A-Za-z]{2})?\s*$/.exec(postcode)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
