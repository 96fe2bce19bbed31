const decimal = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const integer = /^-?(?:0|[1-9][0-9]*)$/;

/**
 * JSON value of a primitive in XML. An invalid text stays a string, so that the validator reports it. Only positiveInt
 * may have a plus sign, which JSON lacks (https://hl7.org/fhir/R4/datatypes.html#positiveInt).
 */
export function primitiveValue(type: string, text: string): string | number | boolean {
  switch (type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'decimal':
      return decimal.test(text) ? Number(text) : text;
    case 'integer':
    case 'unsignedInt':
      return integer.test(text) ? Number(text) : text;
    case 'positiveInt':
      return /^\+?[1-9][0-9]*$/.test(text) ? Number(text) : integer.test(text) ? Number(text) : text;
    default:
      return text;
  }
}
