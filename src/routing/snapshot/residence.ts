/** The home of a person (woonplaats), as coarse as routing allows: at most four digits of a postcode. */
export type Residence = {
  readonly residence: 'inside' | 'outside' | 'unknown';
  readonly municipality: string | null;
  readonly postcode: string | null;
};
