/** https://hl7.org/fhir/R4/narrative.html#rules: HTML 4.0 chapters 7-11 (but section 4) and 15, links, images. */
export const allowedElements = new Set(
  'a abbr acronym b big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var'.split(
    ' ',
  ),
);

export const allowedAttributes = new Set(
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords datetime dir frame headers height href hreflang hspace id label lang longdesc name noshade nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width xml:lang xml:space xmlns'.split(
    ' ',
  ),
);

const common = 'div p b br i a ul li td tr th table tbody thead span h3 caption'.split(' ');

/** Tags of most narratives, indexed by the character code of their first letter: found without allocating a string. */
export const commonTags: readonly (readonly string[])[] = Array.from({ length: 128 }, (_, code) =>
  common.filter((tag) => tag.charCodeAt(0) === code),
);
