/** What goes to a terminology server: names of definitions and a code, nothing else of a message. */
import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { identifierSystems, normaliseSystem } from '../fhir/identifier.ts';
import type { Question } from '../validation/index.ts';

export type Inquiry = {
  readonly operation: 'CodeSystem' | 'ValueSet';
  readonly system: string;
  readonly code: string;
  readonly version?: string;
  /** Canonical, with its version after a `|`. */
  readonly valueSet?: string;
};

type Coding = Question['codings'][number];

const plainSystem = /^(?:https?:\/\/|urn:)[^\s?#@]{1,255}$/;
// A code with blanks or signs may be something that a person typed; expressions of SNOMED CT stay unanswered with it.
const plainCode = /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,63}$/;
const plainVersion = /^[A-Za-z0-9._:/-]{1,200}$/;
const plainValueSet = /^(?:https?:\/\/|urn:)[^\s#]{1,2000}$/;

const numbersOfPersons: ReadonlySet<string> = new Set(Object.values(identifierSystems));

/** Of an element of type code its system is that of the value set, when it has only one. */
export const withSystem = ({ systems }: Question, coding: Coding): Coding => {
  const [only, ...others] = systems;
  return coding.system === undefined && only && others.length === 0 ? { ...coding, system: only } : coding;
};

/** Whether a code may be told to another server: one of a code system, never a number of a person, never free text. */
export const mayBeAsked = ({ system = '', code, version }: Coding): boolean =>
  plainSystem.test(system) &&
  !numbersOfPersons.has(normaliseSystem(system)) &&
  plainCode.test(code) &&
  (version === undefined || plainVersion.test(version));

/**
 * Whether the code is in the set. Of a set that takes its system whole it is enough that the code exists, which a
 * server can tell that has never heard of our value set. Undefined when the set has no name that a server can know.
 */
export function membership({ valueSet, whole = [] }: Question, coding: Coding): Inquiry | undefined {
  if (whole.includes(coding.system ?? '')) return existence(coding);
  return plainValueSet.test(valueSet) ? { ...existence(coding), operation: 'ValueSet', valueSet } : undefined;
}

/** Whether there is such a code at all. */
export const existence = ({ system = '', code, version }: Coding): Inquiry => ({
  operation: 'CodeSystem',
  system,
  code,
  ...(version === undefined ? {} : { version }),
});

/**
 * As the operation asks it, https://hl7.org/fhir/R4/valueset-operation-validate-code.html and
 * https://hl7.org/fhir/R4/codesystem-operation-validate-code.html. Without the display: a person may have typed it,
 * and a server answers false to another spelling of it, which is not what was asked.
 */
export function parametersOf({ operation, system, code, version, valueSet = '' }: Inquiry): Parameters {
  const [url, setVersion] = valueSet.split('|');
  const asked: (ParametersParameter | false)[] =
    operation === 'CodeSystem'
      ? [
          { name: 'url', valueUri: system },
          { name: 'code', valueCode: code },
          version !== undefined && { name: 'version', valueString: version },
        ]
      : [
          { name: 'url', valueUri: url ?? '' },
          setVersion !== undefined && { name: 'valueSetVersion', valueString: setVersion },
          { name: 'system', valueUri: system },
          { name: 'code', valueCode: code },
          version !== undefined && { name: 'systemVersion', valueString: version },
        ];
  return { resourceType: 'Parameters', parameter: asked.filter((it) => it !== false) };
}
