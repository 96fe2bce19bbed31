import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { compileMap as compileNetworkMap } from '../../src/library/mapping.ts';
import { problemsOf } from '../support/mapping/problems.ts';

const formUrl = 'http://example.org/Form';
const form = {
  resourceType: 'StructureDefinition',
  url: formUrl,
  name: 'Form',
  type: 'Form',
  kind: 'logical',
  derivation: 'specialization',
  differential: {
    element: [
      { path: 'Form' },
      { path: 'Form.number', max: '1', type: [{ code: 'string' }] },
      { path: 'Form.address', max: '1', type: [{ code: 'Address' }] },
      { path: 'Form.valueQuantity', max: '1', type: [{ code: 'Quantity' }] },
      { path: 'Form.answer[x]', max: '1', type: [{ code: 'string' }, { code: 'Coding' }] },
      { path: 'Form.Task', max: '1', type: [{ code: 'string' }] },
      { path: 'Form.free', max: '1' },
      { path: 'Form.reason', max: '*', type: [{ code: 'BackboneElement' }] },
      { path: 'Form.reason.code', max: '1', type: [{ code: 'code' }] },
      { path: 'Form.reason.system', max: '1', type: [{ code: 'string' }] },
      { path: 'Form.reason.part', max: '*', contentReference: '#Form.reason' },
    ],
  },
} as unknown as Resource;
const ref = 'https://mgn.example/fhir/StructureDefinition/hl7v2-ref-i12';

const compile = (url: string, rule: string) =>
  compileNetworkMap(
    [
      {
        path: 't.fml',
        text: `/// url = 'http://example.org/StructureMap/t'
/// name = 'T'
uses "${url}" alias In as source
uses "http://hl7.org/fhir/StructureDefinition/Condition" alias Condition as target
group T(source src : In, target tgt : Condition) {
${rule}
}`,
      },
    ],
    { definitions: [form] },
  );

describe('FHIRPath over a model that is not FHIR is checked like over R4', () => {
  test.each([
    // HL7 v2
    [
      ref,
      `src.DG1 first as d where (diagnosisCod.codingSystem = 'ICPC') -> tgt.recorder as r, r.display = 'x';`,
      27,
      'DG1',
      'diagnosisCod',
      'diagnosisCode',
    ],
    [
      ref,
      `src.DG1 as d where (diagnosisCode.codingsystem = 'ICPC') -> tgt.recorder as r, r.display = 'x';`,
      35,
      'diagnosisCode',
      'codingsystem',
      'codingSystem',
    ],
    [ref, 'src where (PIDD.empty()) -> tgt.recordedDate = "2026";', 12, '', 'PIDD', 'PID'],
    [
      ref,
      'src -> tgt.id = (src.DG1.first().diagnosisDescriptio);',
      34,
      'DG1',
      'diagnosisDescriptio',
      'diagnosisDescription',
    ],
    [
      ref,
      `src check (DG1.where(diagnosisCod.exists()).empty()) -> tgt.id = 'a';`,
      22,
      'DG1',
      'diagnosisCod',
      'diagnosisCode',
    ],
    [ref, `src.DG1 as d log (d.diagnosisCod) -> tgt.id = 'a';`, 21, 'DG1', 'diagnosisCod', 'diagnosisCode'],
    // a form
    [formUrl, `src where (numbr.exists()) -> tgt.id = 'a';`, 12, 'Form', 'numbr', 'number'],
    [formUrl, `src.reason as r where (sytem = 'x') -> tgt.id = 'a';`, 24, 'reason', 'sytem', 'system'],
    [formUrl, `src.reason as r -> tgt.id = evaluate(r, part.first().cod);`, 54, 'reason', 'cod', 'code'],
    [formUrl, `src where (address.citty = 'x') -> tgt.id = 'a';`, 20, 'Address', 'citty', 'city'],
    [
      formUrl,
      `src where (iif(number = '1', reason.first(), reason.last()).sytem = 'a') -> tgt.id = 'a';`,
      61,
      'reason',
      'sytem',
      'system',
    ],
    [
      formUrl,
      `src where (reason.select(part | $this).systm.exists()) -> tgt.id = 'a';`,
      40,
      'reason',
      'systm',
      'system',
    ],
  ] as const)('%s: %s', (url, rule, column, owner, element, suggestion) => {
    const found = problemsOf(() => compile(url, rule));
    expect(found.map((it) => [it.rule, it.line, it.column])).toEqual([['map-expression-invalid', 6, column]]);
    expect(found[0]!.message).toContain(`no element ${element} in `);
    expect(found[0]!.message).toContain(owner);
    expect(found[0]!.message).not.toContain('http');
    expect(found[0]!.message).toContain(`Did you mean ${suggestion}?`);
  });

  test('an element of the model is that element, also with the name of an R4 type or of a choice', () => {
    const input = {
      number: '7',
      Task: 'todo',
      valueQuantity: { value: 3, unit: 'mg' },
      answerString: 'yes',
      free: { anything: 'x' },
      reason: [{ code: 'a', part: [{ code: 'b' }] }],
    };
    const id = (expression: string) => {
      const { output, issues } = compile(formUrl, `src where (${expression}) -> tgt.id = 'yes';`).run(input);
      expect(issues).toBeUndefined();
      return (output as { id?: string }).id;
    };
    for (const expression of [
      `Task = 'todo'`,
      `valueQuantity.value = 3`,
      `answer = 'yes'`,
      `answerString = 'yes'`,
      `free.anything = 'x'`,
      `reason.part.code = 'b'`,
      `reason.descendants().exists()`,
      `number.length() = 1`,
    ])
      expect([expression, id(expression)]).toEqual([expression, 'yes']);
  });
});
