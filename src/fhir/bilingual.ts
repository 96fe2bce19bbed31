/** A sentence in both languages of the house. */
export type Bilingual = { readonly en: string; readonly nl: string };
