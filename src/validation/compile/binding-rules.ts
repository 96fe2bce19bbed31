import type { ElementDefinition } from '@medplum/fhirtypes';
import { checkBinding } from '../run/binding.ts';
import { type Ask, nameOf, placeOf, type Rule } from './rule.ts';

const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';

const additional = [
  'http://hl7.org/fhir/tools/StructureDefinition/additional-binding',
  'http://hl7.org/fhir/StructureDefinition/additional-binding',
  'http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.binding.additional',
];

/** Types whose values are codes; a binding on another type says nothing (https://hl7.org/fhir/R4/terminologies.html#binding). */
const bindable = new Set([
  'code',
  'Coding',
  'CodeableConcept',
  'Quantity',
  'string',
  'uri',
  'Duration',
  'Age',
  'Money',
  'Count',
  'Distance',
]);

export function binding(ask: Ask): Rule[] | undefined {
  const asked = bindingsOf(ask.element);
  const known = new Set(
    (ask.base ? bindingsOf(ask.base) : []).map(({ strength, valueSet }) => `${strength} ${valueSet}`),
  );
  if (!ask.types.some((type) => bindable.has(type))) return undefined;
  const place = placeOf(ask);
  return asked
    .filter(({ strength, valueSet }) => !known.has(`${strength} ${valueSet}`))
    .map(({ strength, valueSet }) => {
      const it = { strength, valueSet, place, element: nameOf(ask) };
      return {
        says: `${strength} ${valueSet}`,
        check: (value, run, type) => {
          if (bindable.has(type)) checkBinding(value, run, it);
        },
        surely: (value, run) => run.context.terminology.valueSet(valueSet)?.codes?.has(value) === true,
      };
    });
}

type Asked = { readonly strength: 'required' | 'extensible'; readonly valueSet: string };

/** The binding, its maximum value set, and additional bindings that hold always. */
function bindingsOf({ binding: it }: ElementDefinition): Asked[] {
  if (!it) return [];
  const asked: Asked[] = [];
  if (it.valueSet && (it.strength === 'required' || it.strength === 'extensible'))
    asked.push({ strength: it.strength, valueSet: it.valueSet });
  for (const extension of it.extension ?? []) {
    const largest = extension.valueCanonical ?? extension.valueUri;
    if (extension.url === maxValueSet && largest) asked.push({ strength: 'required', valueSet: largest });
    if (!additional.includes(extension.url ?? '')) continue;
    const part = (name: string) => extension.extension?.find(({ url }) => url === name);
    const [purpose, valueSet] = [part('purpose')?.valueCode, part('valueSet')?.valueCanonical];
    if (!valueSet || part('usage') || part('any')) continue;
    if (purpose === 'required' || purpose === 'maximum') asked.push({ strength: 'required', valueSet });
    else if (purpose === 'extensible') asked.push({ strength: 'extensible', valueSet });
  }
  return asked;
}
