/** Where a person lives, as coarsely as routing needs it: four digits of a postcode at most. */
export type Residence = {
  readonly residence: 'inside' | 'outside' | 'unknown';
  readonly municipality: string | null;
  readonly postcode: string | null;
};
