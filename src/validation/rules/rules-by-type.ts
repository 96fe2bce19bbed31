/** Rules of the specification that no StructureDefinition contains, by the type of the value. */
import { typeModel } from '../../fhir/model.ts';
import type { Run } from '../plan/plan.ts';
import { checkResponse } from '../questionnaire/response.ts';
import { checkAttachment } from './attachment.ts';
import { checkBundle } from './bundle.ts';
import { checkCoding, checkUnit } from './coding.ts';
import { checkContained } from './contained.ts';
import { checkMeasureReport } from './measure-report.ts';
import { checkReference } from './reference.ts';
import { checkDefinition } from './structure-definition.ts';

type ValueRule = (value: Readonly<Record<string, unknown>>, run: Run) => void;

const byType: Readonly<Record<string, readonly ValueRule[]>> = {
  Attachment: [checkAttachment],
  Bundle: [checkBundle],
  Coding: [checkCoding],
  MeasureReport: [checkMeasureReport],
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
