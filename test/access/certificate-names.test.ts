import fc from 'fast-check';
import { expect, test } from 'vitest';
import { urasOf } from '../../src/access/certificate/ura.ts';
import { presented, readRevocationList } from '../../src/access/index.ts';
import { listPem, loopbackName, makeCertificate, makeList, uriName, uziName } from '../support/access/certificates.ts';

const ca = makeCertificate({ name: 'Test CA' });
const made = (...names: readonly Uint8Array[]) => makeCertificate({ name: 'x', by: ca, names }).certificate;

test('the URA of a UZI server certificate, of a URI, of both once', () => {
  expect(urasOf(made(loopbackName, uziName('99991111')).raw)).toEqual(['99991111']);
  expect(urasOf(made(uriName('urn:oid:2.16.528.1.1007.3.3.99991111'), uziName('99991111')).raw)).toEqual(['99991111']);
  expect(urasOf(made(uziName('99991111'), uziName('99992222')).raw)).toEqual(['99991111', '99992222']);
});

test.each([
  ['the card of a person', uziName('99991111', 'Z')],
  ['a URA that is too long', uziName('999911112')],
  ['another register', uriName('urn:oid:2.16.528.1.1007.3.4.99991111')],
  ['a URI that goes on', uriName('urn:oid:2.16.528.1.1007.3.3.99991111.1')],
  ['a line in between', uriName('x\nurn:oid:2.16.528.1.1007.3.3.99991111')],
])('%s is no URA', (_, name) => {
  expect(urasOf(made(name).raw)).toEqual([]);
});

test('a subject that only says an OIN in its name has none', () => {
  const { certificate } = makeCertificate({ name: 'x serialNumber=00000001234567890000', by: ca });
  const read = presented(certificate);
  expect(read.kind === 'verified' && read.names.filter((it) => 'oin' in it)).toEqual([]);
  const named = presented(makeCertificate({ name: 'x', by: ca, oin: '00000001234567890000' }).certificate);
  expect(named.kind === 'verified' && named.names).toContainEqual({ oin: '00000001234567890000' });
});

test('a list in DER and in PEM is the same, and its times are read', () => {
  const der = makeList(ca, [ca], 24);
  const [one, other] = [readRevocationList(der), readRevocationList(Buffer.from(listPem(der)))];
  expect(one).toEqual(other);
  expect(one?.nextUpdate?.getTime()).toBeGreaterThan(one?.thisUpdate.getTime() ?? 0);
});

test('bytes that are cut off, changed or random are no list and no URA, and no error', () => {
  const [certificate, list] = [made(uziName('99991111')).raw, makeList(ca, [ca])];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(list.length), fc.nat(255), (random, at, byte) => {
      readRevocationList(random);
      urasOf(random);
      const changed = Buffer.from(list);
      changed[at % list.length] = byte;
      readRevocationList(changed);
      const cut = Buffer.from(certificate);
      cut[at % cut.length] = byte;
      urasOf(cut);
      expect(readRevocationList(list.subarray(0, at)) !== undefined).toBe(at === list.length);
    }),
    { numRuns: 500 },
  );
});
