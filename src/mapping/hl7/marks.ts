/** The delimiters of a message (v2.5, 2.5.4): the first characters of its MSH. */
export type Marks = {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escaping: string;
  readonly subcomponent: string;
};

/** Those that the standard recommends. */
export const usualMarks: Marks = { field: '|', component: '^', repetition: '~', escaping: '\\', subcomponent: '&' };
