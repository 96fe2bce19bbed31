import { expect, test } from 'vitest';
import { ParseError } from '../../src/fhir/parse-error.ts';
import { compileMap, type Hl7Part, MapError, parseHl7 } from '../../src/mapping/index.ts';

const head = 'MSH|^~\\&|HIS|Praktijk|||20261116||REF^I12|B-1|P|2.5';

test("fields have the standard's names, with components and subcomponents", () => {
  expect(parseHl7(`${head}\rPID|1||1^^^HIS~2||Voorbeeld&van&Voorbeeld^Testa`)).toEqual({
    MSH: {
      sendingApplication: { namespaceId: 'HIS' },
      sendingFacility: { namespaceId: 'Praktijk' },
      dateTimeOfMessage: '20261116',
      messageType: { messageCode: 'REF', triggerEvent: 'I12' },
      messageControlId: 'B-1',
      processingId: 'P',
      versionId: '2.5',
    },
    PID: {
      patientIdentifierList: [{ idNumber: '1', assigningAuthority: { namespaceId: 'HIS' } }, { idNumber: '2' }],
      patientName: [
        { familyName: { surname: 'Voorbeeld', ownSurnamePrefix: 'van', ownSurname: 'Voorbeeld' }, givenName: 'Testa' },
      ],
    },
  });
});

test('uses the encoding characters of the message', () => {
  expect(parseHl7('MSH*#~\\!*HIS\rPID***1###HIS!2.16').PID).toEqual({
    patientIdentifierList: [{ idNumber: '1', assigningAuthority: { namespaceId: 'HIS', universalId: '2.16' } }],
  });
});

test.each([
  ['a\\F\\b\\S\\c\\R\\d\\T\\e\\E\\f', 'a|b^c~d&e\\f'],
  ['een\\.br\\twee', 'een\ntwee'],
  ['\\H\\vet\\N\\', 'vet'],
  ['\\X48656C6C6F\\', 'Hello'],
  ['\\Zeigen\\x', 'x'],
  ['los \\ eind', 'los \\ eind'],
  ['5\\6 en 7\\8', '5\\6 en 7\\8'],
  ['een\\.sp2\\twee', 'een\n\ntwee'],
])('escapes are decoded: %s', (written, comment) => {
  expect(parseHl7(`${head}\rNTE|1||${written}`).NTE).toEqual([{ comment: [comment] }]);
});

test('"" is an absent value', () => {
  expect(parseHl7(`${head}\rPID|1||""||Voorbeeld`).PID).toEqual({
    patientName: [{ familyName: { surname: 'Voorbeeld' } }],
  });
});

test('bytes are decoded in the character set of MSH-18', () => {
  const message = (charset: string): string => `${head}||||||${charset}\rNTE|1||financiële`;
  const latin = (text: string): Uint8Array => Uint8Array.from(text, (one) => one.charCodeAt(0));
  const comment = (bytes: Uint8Array): unknown => (parseHl7(bytes).NTE as { comment: string[] }[])[0]?.comment[0];
  expect(comment(latin(message('8859/1')))).toBe('financiële');
  expect(comment(new TextEncoder().encode(message('UNICODE UTF-8')))).toBe('financiële');
  expect(comment(new TextEncoder().encode(message('')))).toBe('financiële');
  expect(() => parseHl7(latin(message('UNICODE UTF-8')))).toThrow(/hl7|MSH-18/);
  expect(() => parseHl7(latin(message('KLINGON')))).toThrow(/MSH-18/);
});

test('accepts any line end, and the MLLP frame', () => {
  const body = `${head}\nRF1|P\r\nDG1|1||P03\rDG1|2`;
  const { DG1, RF1 } = parseHl7(`\u000b${body}\r\u001c\r`);
  expect([DG1, RF1]).toEqual([[{ diagnosisCode: { identifier: 'P03' } }, {}], { referralStatus: { identifier: 'P' } }]);
});

test.each([
  ['', 1],
  ['PID|1', 1],
  [`${head}\rpid|1`, 2],
  [`${head}\rPIDX|1`, 2],
  [`${head}\rPID|1\rPID|2`, 3],
])('an invalid message is refused with the number of the segment: %j', (text, line) => {
  expect(() => parseHl7(text)).toThrow(ParseError);
  try {
    parseHl7(text);
  } catch (error) {
    expect((error as ParseError).line).toBe(line);
  }
});

test('a map reads and writes the messages that compileMap receives, and no others', () => {
  const url = 'https://example.org/StructureDefinition/ack';
  const text = `map "http://example.org/ack" = "Ack"
uses "${url}" alias Ack as source
uses "${url}" alias Ack as target
group Ack(source src : Ack, target tgt : Ack) {
  src.MSH -> tgt.MSH as to, to.messageControlId = 'B-1' "head";
  src.MSA as from -> tgt.MSA as to then { from -> to: acknowledgmentCode; };
}`;
  const sources = [{ path: 'ack.fml', text }];
  const map = compileMap(sources, { hl7Messages: [{ url, name: 'ACK', title: 'Ack', segments: ['MSH', 'MSA'] }] });
  const { output, issues } = map.run(parseHl7('MSH|^~\\&|A|||||||A-1\rMSA|AA|A-1\r'));
  expect(issues).toBeUndefined();
  expect(map.writeHl7?.(output as Hl7Part)).toBe('MSH|^~\\&||||||||B-1\rMSA|AA\r');
  expect(() => compileMap(sources)).toThrow(MapError);
});
