/** What no StructureDefinition says, by the type of the value: each a module of its own. */
import { typeModel } from '../fhir/model.ts';
import { checkAttachment } from './attachments.ts';
import { checkBundle } from './bundles.ts';
import { checkCoding, checkUnit } from './codings.ts';
import { checkContained } from './contained.ts';
import { checkResponse } from './questionnaire/response.ts';
import { checkReference } from './references.ts';
import type { Run } from './run.ts';
import { checkDefinition } from './structure-definitions.ts';

export type ValueRule = (value: Readonly<Record<string, unknown>>, run: Run) => void;

const byType: Readonly<Record<string, readonly ValueRule[]>> = {
  Attachment: [checkAttachment],
  Bundle: [checkBundle],
  Coding: [checkCoding],
  Quantity: [checkUnit],
  Age: [checkUnit],
  Count: [checkUnit],
  Distance: [checkUnit],
  Duration: [checkUnit],
  QuestionnaireResponse: [checkResponse],
  Reference: [checkReference],
  StructureDefinition: [checkDefinition],
};

export const valueRulesOf = (type: string): readonly ValueRule[] => [
  ...(byType[type] ?? []),
  ...(typeModel(type)?.base === 'DomainResource' ? [checkContained] : []),
];
