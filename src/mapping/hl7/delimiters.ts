/** The delimiters of a message (HL7 v2.5, 2.5.4): the first characters of its MSH segment. */
export type Delimiters = {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escaping: string;
  readonly subcomponent: string;
};

/** The delimiters that the standard recommends. */
export const defaultDelimiters: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escaping: '\\',
  subcomponent: '&',
};
