import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTextSignedBy, newSigner, publicKeyOf } from '../../src/audit/signed-head.ts';
import type { Evidence } from '../../src/disclosure/evidence/evidence.ts';
import { valuesOf } from '../../src/disclosure/receipt/leaves.ts';
import {
  commitTo,
  isOpeningOf,
  open,
  type Proof,
  proofsOf,
  type SourceResource,
  signedTextOf,
} from '../../src/disclosure/receipt/proof.ts';
import { inclusionPath, leafHash, rootBy, rootOf } from '../../src/disclosure/receipt/tree.ts';
import type { Receipt } from '../../src/disclosure/receipt.ts';
import { parseJson } from '../../src/fhir/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { ownProjections } from '../support/disclosure/projections.ts';

/** The proof of a disclosure: a commitment to every value of the source, of which one can be shown without another. */

const signer = newSigner();
const receipt: Receipt = {
  recipient: 'wijkteam-zonnerveen',
  domain: 'social',
  purpose: 'social-request',
  relation: 'owner',
  legalBasis: 'explicit-consent',
  disclosed: { Patient: 1 },
  withheld: [{ resourceType: 'Condition', count: 1, reason: 'not-in-allow-list' }],
  decidedAt: '2026-11-30T10:00:00Z',
};

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  meta: { versionId: '3', source: 'x' },
  name: [{ family: 'Testpersoon', given: ['Anna', 'Anna'] }],
  birthDate: '1990-01-01',
};
const condition = {
  resourceType: 'Condition',
  id: 'c1',
  code: { text: 'geheime klacht' },
  subject: { reference: 'Patient/p1' },
};
const source = [patient, condition].map((resource) => ({ resource: resource as unknown as Resource, version: 1 }));
const context = { key: randomBytes(32), signer, message: 'm1', configuration: 'set-1' };
const evidence: Evidence = { judged: [], grounds: { key: 'explicit-consent.within.social', consents: [] } };

const json = fc.dictionary(
  fc.constantFrom('code', 'text', 'name', 'value', 'note'),
  fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string(), { maxLength: 4 }),
    fc.record({ display: fc.string(), reference: fc.string() }),
  ),
);
const sources = fc.array(json, { minLength: 1, maxLength: 6 }).map((all): SourceResource[] =>
  all.map((it, n) => ({
    resource: { resourceType: 'Basic', id: `b${n}`, ...it } as unknown as Resource,
    version: 1,
  })),
);

const proofFor = (commitment: ReturnType<typeof commitTo>, resources: readonly Resource[]): Proof =>
  proofsOf(commitment, [{ receipt, resources, evidence }], context)[0]!;

const valuesOfAll = ({ values }: ReturnType<typeof commitTo>) => valuesOf(values.map(({ resource }) => resource));

test('an inclusion path leads to the root, for any number of leaves and any leaf', () => {
  for (const count of [...Array.from({ length: 50 }, (_, n) => n + 1), 256, 257, 272, 273]) {
    const leaves = Array.from({ length: count }, (_, n) => leafHash(`${n}`));
    const root = rootOf(leaves);
    for (let index = 0; index < count; index++) {
      const path = inclusionPath(leaves, index);
      expect(rootBy(leaves[index]!, { index, count, path }), `${index} of ${count}`).toBe(root);
      expect(rootBy(leaves[index]!, { index, count, path: [...path, root] })).toBeUndefined();
      if (path.length > 0) expect(rootBy(leaves[index]!, { index, count, path: path.slice(1) })).toBeUndefined();
    }
  }
});

test('the tree has nodes of up to sixteen children, leaves and nodes hashed apart, as docs/decisions/0018 says', () => {
  const sha256 = (...parts: readonly (string | Buffer)[]) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  const leaf = (text: string) => sha256('\u0000', text);
  const node = (children: readonly Buffer[]) => sha256('\u0001', ...children);
  const texts = Array.from({ length: 273 }, (_, n) => `value ${n}`);
  const hashes = texts.map(leaf);
  const groups = (from: number, to: number) => node(hashes.slice(from, to));
  const wholes = Array.from({ length: 16 }, (_, n) => groups(16 * n, 16 * n + 16));
  const roots: readonly (readonly [number, Buffer])[] = [
    [0, sha256('')],
    [1, hashes[0]!],
    [2, groups(0, 2)],
    [16, groups(0, 16)],
    [17, node([groups(0, 16), hashes[16]!])],
    [40, node([groups(0, 16), groups(16, 32), groups(32, 40)])],
    [256, node(wholes)],
    [273, node([node(wholes), node([groups(256, 272), hashes[272]!])])],
  ];
  for (const [count, root] of roots)
    expect(rootOf(texts.slice(0, count).map(leafHash)), `${count}`).toBe(root.toString('hex'));
});

test('each value can be shown by itself; any change of what is shown fails', () => {
  fc.assert(
    fc.property(sources, fc.nat(), fc.nat(), (all, pick, change) => {
      const commitment = commitTo(all, context);
      const proof = proofFor(commitment, []);
      const values = valuesOfAll(commitment);
      const { path } = values[pick % values.length]!;
      const opening = open(commitment, path)!;
      expect(isOpeningOf(opening, proof)).toBe(true);
      const flipped = (text: string) => (text.startsWith('0') ? `1${text.slice(1)}` : `0${text.slice(1)}`);
      const changes = [
        { ...opening, value: `${opening.value} ` },
        { ...opening, path: `${opening.path}x` },
        { ...opening, salt: flipped(opening.salt) },
        { ...opening, salt: `${opening.salt}\n` },
        { ...opening, index: opening.index + 1 },
        { ...opening, leaves: opening.leaves + 1 },
        { ...opening, root: flipped(opening.root) },
        { ...opening, inclusion: [...opening.inclusion, opening.root] },
        ...opening.inclusion.map((it, n) => ({ ...opening, inclusion: opening.inclusion.with(n, flipped(it)) })),
      ];
      expect(isOpeningOf(changes[change % changes.length]!, proof)).toBe(false);
      for (const it of changes) expect(isOpeningOf(it, proof)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test('what is shown of one value says nothing of another: no other value, path or salt', () => {
  const commitment = commitTo(source, context);
  const shown = JSON.stringify(open(commitment, 'Patient/p1.birthDate'));
  expect(shown).toContain('1990-01-01');
  expect(shown).not.toMatch(/Testpersoon|geheime|Condition|family/);
  for (const [n, salt] of commitment.salts.entries())
    if (valuesOfAll(commitment)[n]!.path !== 'Patient/p1.birthDate') expect(shown).not.toContain(salt);
});

test('leaves of equal values differ: of two paths, of two messages, of two persons', () => {
  fc.assert(
    fc.property(sources, (all) => {
      const [one, other] = [commitTo(all, context), commitTo(all, { ...context, message: 'm2' })];
      const leaves = [...one.leaves, ...other.leaves, ...commitTo(all, { ...context, key: randomBytes(32) }).leaves];
      expect(new Set(leaves).size).toBe(leaves.length);
      expect(commitTo(all, context).root, 'calculated again the same').toBe(one.root);
    }),
    { numRuns: 40 },
  );
});

test('every value of the source has a leaf, with its decimals as written; what the store sets has none', () => {
  const observation = parseJson(
    '{"resourceType":"Observation","id":"o","meta":{"versionId":"1","lastUpdated":"x"},"valueQuantity":{"value":1.10},"note":[{"text":"a"},{"text":"b"}]}',
  ) as Resource;
  expect(valuesOf([observation])).toEqual([
    { path: 'Observation/o.id', value: '"o"' },
    { path: 'Observation/o.note[0].text', value: '"a"' },
    { path: 'Observation/o.note[1].text', value: '"b"' },
    { path: 'Observation/o.resourceType', value: '"Observation"' },
    { path: 'Observation/o.valueQuantity.value', value: '1.10' },
  ]);
});

test('a proof has what was withheld, by resource and path with the reason, and no value of the source', () => {
  const disclosed = [{ ...patient, name: [{ given: ['Anna', 'Anna'] }] } as unknown as Resource];
  const proof = proofFor(commitTo(source, context), disclosed);
  expect(proof.withheld).toEqual([
    { resource: 'Condition/c1', reason: 'not-in-allow-list' },
    { resource: 'Patient/p1', paths: 'name[0].family', reason: 'not-in-allow-list' },
  ]);
  expect(JSON.stringify(proof)).not.toMatch(/Testpersoon|geheime klacht|Anna|1990/);
  expect(proof.disclosed).toEqual([
    { resource: 'Patient/p1', paths: 'birthDate id meta.source name[0].given[0] name[0].given[1] resourceType' },
  ]);
});

test('with the lines that were applied: what went out and what was withheld, each by its line', () => {
  const by = ownProjections['social-domain'].message('selected', 'social-request');
  const output = { ...by.project(patient as unknown as Resource, {}), resourceType: 'Patient', id: 'new' } as Resource;
  const judged = [
    { source: source[0]!.resource, output, by, permissions: {} },
    { source: source[1]!.resource, by, permissions: {} },
  ];
  const [proof] = proofsOf(
    commitTo(source, context),
    [{ receipt, resources: [output], evidence: { ...evidence, judged } }],
    context,
  ) as readonly [Proof];
  const of = (entries: readonly { paths?: string; rule?: number; reason?: string }[], path: string) =>
    entries.find(({ paths }) => paths === undefined || paths.split(' ').includes(path))!;
  const family = of(proof.disclosed, 'name[0].family');
  expect(proof.rules[family.rule!]!.decides).toBe('allow name.family as family name');
  const birth = of(
    proof.withheld.filter(({ resource }) => resource === 'Patient/p1'),
    'birthDate',
  );
  expect([birth.reason, proof.rules[birth.rule!]!.decides]).toEqual([
    'line',
    expect.stringMatching(/^withhold .*birthDate/),
  ]);
  expect(proof.withheld.find(({ resource }) => resource === 'Condition/c1')).toEqual({
    resource: 'Condition/c1',
    reason: 'type-not-allowed',
  });
  for (const { at, key } of proof.rules) {
    expect(at).toMatch(/mappings\/projections\/social-domain-selected\.yaml:\d+$/);
    expect(key).toMatch(/^(messages\.social-request|everywhere)/);
  }
});

test('a proof is signed as a whole: any change of it fails, of one alone and of one among others', () => {
  const commitment = commitTo(source, context);
  const key = publicKeyOf(signer.publicKey)!;
  const isSigned = (it: Proof) => {
    const text = signedTextOf(it);
    return text !== undefined && isTextSignedBy(text, it.signature, key);
  };
  for (const count of [1, 2, 17, 300]) {
    const disclosures = Array.from({ length: count }, (_, n) => ({
      receipt: { ...receipt, recipient: `partner-${n}` },
      resources: [],
      evidence,
    }));
    const proofs = proofsOf(commitment, disclosures, context);
    expect(new Set(proofs.map(({ signature }) => signature)).size, 'one signature').toBe(1);
    for (const it of proofs) expect(isSigned(it)).toBe(true);
    const proof = proofs[count >> 1]!;
    expect(JSON.stringify(proof.batch), 'nothing of the others').not.toMatch(/partner|Patient|Condition/);
    for (const change of [
      { root: proof.root.replace(/./, (it) => (it === '0' ? '1' : '0')) },
      { withheld: [] },
      { receipt: { ...receipt, recipient: 'another' } },
      { configuration: 'set-2' },
      { message: 'm2' },
      { leaves: 1 },
      { batch: { ...proof.batch, index: proof.batch.index + 1 } },
      { batch: { ...proof.batch, count: count + 1 } },
      { batch: { ...proof.batch, inclusion: [...proof.batch.inclusion, proof.root] } },
    ])
      expect(isSigned({ ...proof, ...change } as Proof), JSON.stringify(change)).toBe(false);
  }
});
