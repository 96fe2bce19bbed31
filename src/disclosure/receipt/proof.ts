import { canonicalJson } from '../../fhir/canonical-json.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { decidedPaths } from '../evidence/decided.ts';
import type { Evidence, Judged } from '../evidence/evidence.ts';
import type { DecidingGrounds } from '../evidence/grounds-noted.ts';
import { shownPaths } from '../evidence/shown.ts';
import { decisionOf, type Line } from '../projection/projection.ts';
import type { Receipt } from '../receipt.ts';
import { type LeafValue, leafOf, type ResourceValues, saltDigits, saltsOf, valuesByResource } from './leaves.ts';
import { type Hash, inclusionPath, leafHash, rootBy, rootOf } from './tree.ts';

/**
 * The proof of a disclosure: a commitment to every value of the source, what of it was withheld and why, signed. It
 * contains no value. Its recipient does not get it, since it has the paths that were withheld.
 */
export type Proof = {
  readonly format: 1;
  /** Id of the message that led to it. */
  readonly message: string;
  /** Merkle root over the leaves, hexadecimal, and their number. */
  readonly root: string;
  readonly leaves: number;
  /** The resources of the source, `Type/id/_history/version`: their values are the leaves, in the order of their paths. */
  readonly source: readonly string[];
  /** Reference to the Patient that it is about; `none` without one. */
  readonly person: string;
  readonly receipt: Receipt;
  /** Lines of the projection that decided, each once. */
  readonly rules: readonly Rule[];
  /** The legal basis by its key, the Consents, and the answer of the consent source outside. */
  readonly grounds: DecidingGrounds;
  /** Digest of the configuration set. */
  readonly configuration: string;
  /** Paths of the source whose values went out, by resource: all of it, or these. */
  readonly disclosed: readonly ProvenPaths[];
  /** Paths that were withheld, with the reason. */
  readonly withheld: readonly WithheldPaths[];
  readonly decidedAt: string;
  readonly key: string;
  /** Its place among the receipts of the message, which one signature covers: a tree as that of the leaves. */
  readonly batch: {
    readonly index: number;
    readonly count: number;
    /** The hashes beside the way to the root, hexadecimal: they say nothing of the other receipts. */
    readonly inclusion: readonly string[];
  };
  readonly signature: string;
};

/** A line of a projection: where it is written (`file:line`), its place by keys, and what it says. */
export type Rule = { readonly at: string; readonly key: string; readonly decides: string };

export type ProvenPaths = {
  readonly resource: string;
  /** Below the resource, with a space between them; absent: the whole resource. */
  readonly paths?: string;
  /** Index of the line in `rules`. Absent for what the gateway itself wrote, and where no line decided. */
  readonly rule?: number;
};

export type WithheldPaths = ProvenPaths & { readonly reason: string };

/** One value of the source, shown without another one. */
export type Opening = LeafValue & {
  readonly salt: string;
  readonly index: number;
  readonly leaves: number;
  /** The hashes beside the way to the root, hexadecimal. */
  readonly inclusion: readonly string[];
  readonly root: string;
};

/** Signs a text; as in audit/signed-head.ts. */
export type ProofSigner = { readonly id: string; readonly sign: (text: string) => string };

export type ProofContext = {
  /** Of this message alone: stored with it, under the data key of the person. */
  readonly key: Uint8Array;
  readonly signer: ProofSigner;
  readonly message: string;
  readonly configuration: string;
};

/** A resource of the source with the version under which it is stored. */
export type SourceResource = { readonly resource: Resource; readonly version: number };

/** The leaves of a source, calculated once for all of its disclosures. */
export type Commitment = {
  /** In the order of the leaves. */
  readonly values: readonly ResourceValues[];
  readonly leaves: readonly Hash[];
  readonly salts: readonly string[];
  readonly root: string;
  readonly person: string;
  readonly source: readonly string[];
};

const sourceName = ({ resource, version }: SourceResource): string =>
  `${resource.resourceType}/${resource.id}/_history/${version}`;

export function commitTo(
  source: readonly SourceResource[],
  { key, message }: Pick<ProofContext, 'key' | 'message'>,
): Commitment {
  const begun = beginTo(source, { key, message });
  for (const of of begun.values) addLeaves(begun, of);
  return committed(source, begun);
}

/** The same, with `yieldIfDue` awaited between its parts. */
export async function commitInTurns(
  source: readonly SourceResource[],
  context: Pick<ProofContext, 'key' | 'message'>,
  yieldIfDue: () => Promise<void> | undefined,
): Promise<Commitment> {
  const begun = beginTo(source, context);
  for (const of of begun.values) {
    const due = yieldIfDue();
    if (due) await due;
    addLeaves(begun, of);
  }
  await yieldIfDue();
  return committed(source, begun);
}

type Begun = Pick<Commitment, 'values' | 'salts' | 'person'> & { readonly leaves: Hash[] };

function beginTo(source: readonly SourceResource[], { key, message }: Pick<ProofContext, 'key' | 'message'>): Begun {
  const resources = source.map(({ resource }) => resource);
  const person = personOf(resources);
  const values = valuesByResource(resources);
  const count = values.reduce((sum, { paths }) => sum + paths.length, 0);
  const salts = saltsOf(key, { person, message, count });
  return { values, leaves: [], salts, person };
}

function addLeaves({ leaves, salts }: Begun, of: ResourceValues): void {
  for (let index = 0; index < of.paths.length; index++) leaves.push(leafOf(leafAt(of, index), salts[leaves.length]!));
}

const committed = (source: readonly SourceResource[], begun: Begun): Commitment => ({
  ...begun,
  root: rootOf(begun.leaves),
  source: source.map(sourceName),
});

const leafAt = ({ name, paths, values }: ResourceValues, index: number): LeafValue => ({
  path: `${name}.${paths[index]}`,
  value: values[index]!,
});

/** The Patient of the order: a message about a child may have its mother too, in any order. */
function personOf(resources: readonly Resource[]): string {
  const patients = resources.flatMap((it) => (it.resourceType === 'Patient' ? [nameOf(it)] : []));
  if (patients.length < 2) return patients[0] ?? 'none';
  const subjects = resources.flatMap((it) =>
    isType(it, 'ServiceRequest') ? (it.subject?.reference ?? []) : isType(it, 'Task') ? (it.for?.reference ?? []) : [],
  );
  return patients.find((it) => subjects.includes(it)) ?? patients[0]!;
}

type Disclosed = {
  readonly receipt: Receipt;
  /** What was disclosed; nothing when it was refused. */
  readonly resources: readonly Resource[];
  readonly evidence: Evidence;
};

/** The signed proofs of the disclosures of a source: one signature for all of them. */
export function proofsOf(
  commitment: Commitment,
  disclosures: readonly Disclosed[],
  context: Omit<ProofContext, 'key'>,
): readonly Proof[] {
  const unsigned = disclosures.map((it) => unsignedProof(commitment, it, context));
  const hashes = unsigned.map((it) => leafHash(canonicalJson(it)));
  const count = unsigned.length;
  const signature = context.signer.sign(textOfBatch(context.message, count, rootOf(hashes)));
  return unsigned.map((it, index) => ({
    ...it,
    batch: { index, count, inclusion: inclusionPath(hashes, index) },
    signature,
  }));
}

type Unsigned = Omit<Proof, 'batch' | 'signature'>;

const unsignedProof = (
  commitment: Commitment,
  disclosed: Disclosed,
  { message, configuration, signer }: Omit<ProofContext, 'key'>,
): Unsigned => ({
  format: 1,
  message,
  root: commitment.root,
  leaves: commitment.leaves.length,
  source: commitment.source,
  person: commitment.person,
  receipt: disclosed.receipt,
  grounds: disclosed.evidence.grounds,
  configuration,
  ...provenPaths(commitment, disclosed),
  decidedAt: disclosed.receipt.decidedAt,
  key: signer.id,
});

const textOfBatch = (message: string, count: number, root: string): string =>
  `mgn receipts 1 ${message} ${count} ${root}`;

/** The text that is signed; undefined when its place is not one among receipts of a message. */
export function signedTextOf({ signature: _, batch, ...unsigned }: Proof): string | undefined {
  const { index, count, inclusion } = batch;
  const root = rootBy(leafHash(canonicalJson(unsigned)), { index, count, path: inclusion });
  return root && textOfBatch(unsigned.message, count, root);
}

const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;

/** What was decided on each path of the source. A message may have hundreds of disclosures of the same source. */
function provenPaths(
  { values }: Commitment,
  { receipt, resources: outputs, evidence }: Disclosed,
): Pick<Proof, 'rules' | 'disclosed' | 'withheld'> {
  const rules = new Map<string, { readonly index: number; readonly rule: Rule }>();
  const indexOf = (line: Line): number => {
    const name = `${line.file} ${line.key}`;
    const known = rules.get(name) ?? { index: rules.size, rule: ruleOf(line) };
    rules.set(name, known);
    return known.index;
  };
  const judged = judgedByName(evidence);
  const disclosed = new Map(outputs.map((it) => [nameOf(it), it]));
  const found: { disclosed: ProvenPaths[]; withheld: WithheldPaths[] } = { disclosed: [], withheld: [] };
  for (const { name, resource, paths } of values) {
    const reason = reasonFor(receipt, name);
    const [judgement, output] = [judged.get(name), disclosed.get(name)];
    if (!judgement && !output) {
      found.withheld.push({ resource: name, reason });
      continue;
    }
    const decided = judgement
      ? decidedPaths(resource, paths, judgement).map((it) => ({ ...it, reason: it.because }))
      : shownAlone(resource, paths, output!, reason);
    for (const it of decided) {
      const entry: ProvenPaths = {
        resource: name,
        ...(it.paths.length === paths.length ? {} : { paths: it.paths.join(' ') }),
        ...(it.line ? { rule: indexOf(it.line) } : {}),
      };
      if (it.reason === undefined) found.disclosed.push(entry);
      else found.withheld.push({ ...entry, reason: it.reason });
    }
  }
  return { rules: [...rules.values()].map(({ rule }) => rule), ...found };
}

const ruleOf = (line: Line): Rule => ({
  at: `${line.file}:${line.place.line ?? 0}`,
  key: line.key,
  decides: decisionOf(line),
});

/** What was judged, by the name of its source and by that of what it became for this recipient. */
function judgedByName({ judged }: Evidence): ReadonlyMap<string, Judged> {
  const found = new Map<string, Judged>();
  for (const it of judged) {
    if (it.output && nameOf(it.output) !== nameOf(it.source)) found.set(nameOf(it.output), it);
    found.set(nameOf(it.source), it);
  }
  return found;
}

type Decided = { readonly paths: readonly string[]; readonly line?: Line; readonly reason: string | undefined };

/** A resource that the gateway itself wrote for the recipient. */
function shownAlone(
  resource: Resource,
  paths: readonly string[],
  output: Resource,
  reason: string,
): readonly Decided[] {
  const shown = shownPaths(resource, output);
  const [out, left] = [paths.filter((it) => shown.has(it)), paths.filter((it) => !shown.has(it))];
  return [
    ...(out.length ? [{ paths: out, reason: undefined }] : []),
    ...(left.length ? [{ paths: left, reason }] : []),
  ];
}

const reasonFor = ({ withheld }: Receipt, resource: string): string =>
  withheld.find(({ resourceType }) => resource.startsWith(`${resourceType}/`))?.reason ??
  withheld[0]?.reason ??
  'not-in-allow-list';

/** Shows the value of one path; undefined when the source has no such path. */
export function open({ values, leaves, salts, root }: Commitment, path: string): Opening | undefined {
  const all = values.flatMap((it) => it.paths.map((_, index) => leafAt(it, index)));
  const index = all.findIndex((it) => it.path === path);
  const found = all[index];
  if (!found) return undefined;
  return {
    ...found,
    salt: salts[index]!,
    index,
    leaves: leaves.length,
    inclusion: inclusionPath(leaves, index),
    root,
  };
}

/** Whether an opening is of a value of the source to which the proof commits. */
export function isOpeningOf(opening: Opening, { root, leaves }: Pick<Proof, 'root' | 'leaves'>): boolean {
  const { index, inclusion, salt } = opening;
  if (opening.leaves !== leaves || opening.root !== root || salt.length !== saltDigits) return false;
  return rootBy(leafOf(opening, salt), { index, count: leaves, path: inclusion }) === root;
}
