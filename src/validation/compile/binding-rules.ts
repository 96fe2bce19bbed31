import type { ElementDefinition } from '@medplum/fhirtypes';
import { checkBinding } from '../run/binding.ts';
import { elementNameOf, issuePlaceOf, type Rule, type RuleSource } from './rule.ts';

const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';

const additional = [
  'http://hl7.org/fhir/tools/StructureDefinition/additional-binding',
  'http://hl7.org/fhir/StructureDefinition/additional-binding',
  'http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.binding.additional',
];

/**
 * Types whose values are codes; a binding on another type has no meaning
 * (https://hl7.org/fhir/R4/terminologies.html#binding).
 */
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

export function bindingRules(source: RuleSource): Rule[] | undefined {
  const bindings = bindingsOf(source.element);
  const inherited = new Set(
    (source.base ? bindingsOf(source.base) : []).map(({ strength, valueSet }) => `${strength} ${valueSet}`),
  );
  if (!source.types.some((type) => bindable.has(type))) return undefined;
  const place = issuePlaceOf(source);
  return bindings
    .filter(({ strength, valueSet }) => !inherited.has(`${strength} ${valueSet}`))
    .map(({ strength, valueSet }) => {
      const it = { strength, valueSet, place, element: elementNameOf(source) };
      return {
        description: `${strength} ${valueSet}`,
        check: (value, run, type) => {
          if (bindable.has(type)) checkBinding(value, run, it);
        },
        passesQuickly: (value, run) => run.context.terminology.valueSet(valueSet)?.codes?.has(value) === true,
      };
    });
}

type StrictBinding = { readonly strength: 'required' | 'extensible'; readonly valueSet: string };

/** The binding, its maximum value set, and additional bindings without conditions. */
function bindingsOf({ binding: it }: ElementDefinition): StrictBinding[] {
  if (!it) return [];
  const bindings: StrictBinding[] = [];
  if (it.valueSet && (it.strength === 'required' || it.strength === 'extensible'))
    bindings.push({ strength: it.strength, valueSet: it.valueSet });
  for (const extension of it.extension ?? []) {
    const maximum = extension.valueCanonical ?? extension.valueUri;
    if (extension.url === maxValueSet && maximum) bindings.push({ strength: 'required', valueSet: maximum });
    if (!additional.includes(extension.url ?? '')) continue;
    const part = (name: string) => extension.extension?.find(({ url }) => url === name);
    const [purpose, valueSet] = [part('purpose')?.valueCode, part('valueSet')?.valueCanonical];
    if (!valueSet || part('usage') || part('any')) continue;
    if (purpose === 'required' || purpose === 'maximum') bindings.push({ strength: 'required', valueSet });
    else if (purpose === 'extensible') bindings.push({ strength: 'extensible', valueSet });
  }
  return bindings;
}
