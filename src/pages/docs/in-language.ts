import type { Extension } from '@medplum/fhirtypes';
import type { Language } from '../frame/view.ts';

const translation = 'http://hl7.org/fhir/StructureDefinition/translation';

/** The text of an element, in a language when it has a translation (https://hl7.org/fhir/R4/extension-translation.html). */
export function inLanguage(holder: object, name: string, language: Language): string {
  const { [name]: text, [`_${name}`]: more } = holder as Record<string, unknown>;
  const found = ((more as { extension?: Extension[] } | undefined)?.extension ?? [])
    .filter(({ url }) => url === translation)
    .find(({ extension = [] }) => extension.some((it) => it.url === 'lang' && it.valueCode === language))
    ?.extension?.find(({ url }) => url === 'content')?.valueString;
  return found ?? (typeof text === 'string' ? text : '');
}
