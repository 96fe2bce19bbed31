import { parseJson, writeXml } from 'mgn-gateway/fhir';
import { compile } from 'mgn-gateway/fhirpath';
import { compileMap } from 'mgn-gateway/mapping';
import { openValidator } from 'mgn-gateway/validation';

const patient = parseJson('{"resourceType":"Patient","birthDate":"1980-01-01"}');
const map = `map "http://example.org/m" = "m"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias P as source
uses "http://hl7.org/fhir/StructureDefinition/Person" alias Q as target
group main(source src : P, target tgt : Q) {
  src.birthDate as date -> tgt.birthDate = date "birth";
}`;
const validator = await openValidator();
console.log(
  JSON.stringify({
    node: process.versions.node,
    fhir: writeXml(patient).includes('<birthDate value="1980-01-01"'),
    fhirpath: compile('birthDate < today()')(patient),
    validation: validator.validate({ resourceType: 'Patient', gender: 'none' }).verdict,
    mapping: compileMap([{ path: 'm.fml', text: map }]).run(patient).output,
  }),
);
