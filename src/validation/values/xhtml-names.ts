/** https://hl7.org/fhir/R4/narrative.html#rules: HTML 4.0 chapters 7-11 (but section 4) and 15, links, images. */
export const elements = new Set(
  'a abbr acronym b big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var'.split(
    ' ',
  ),
);

export const attributes = new Set(
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords datetime dir frame headers height href hreflang hspace id label lang longdesc name noshade nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width xml:lang xml:space xmlns'.split(
    ' ',
  ),
);

/** By first letter: the tags that make up most narratives, found without making a string. All are allowed. */
export const common: string[][] = Array.from({ length: 128 }, () => []);
