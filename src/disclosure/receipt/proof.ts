import { canonicalJson } from '../../fhir/canonical-json.ts';
import type { Resource } from '../../fhir/resource.ts';
import { decidedPaths } from '../evidence/decided.ts';
import type { Evidence, Judged } from '../evidence/evidence.ts';
import type { DecidingGrounds } from '../evidence/grounds-noted.ts';
import { shownPaths } from '../evidence/shown.ts';
import { decisionOf, type Line } from '../projection/projection.ts';
import type { Receipt } from '../receipt.ts';
import { type LeafValue, leafOf, messageKey, saltDigits, saltsOf, valuesOf } from './leaves.ts';
import { type Hash, inclusionPath, rootBy, rootOf } from './tree.ts';

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
  readonly values: readonly LeafValue[];
  /** The values by resource, `Type/id`. */
  readonly byResource: ReadonlyMap<string, readonly LeafValue[]>;
  readonly resources: ReadonlyMap<string, Resource>;
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
  const resources = source.map(({ resource }) => resource);
  const person = personOf(resources);
  const values = valuesOf(resources);
  const salts = saltsOf(messageKey(key, { person, message }), values.length);
  const leaves = values.map((it, index) => leafOf(it, salts[index]!));
  return {
    values,
    byResource: Map.groupBy(values, resourceOf),
    resources: new Map(resources.map((it) => [nameOf(it), it])),
    leaves,
    salts,
    person,
    root: rootOf(leaves),
    source: source.map(sourceName),
  };
}

/** The Patient of the order: a message about a child may have its mother too, in any order. */
function personOf(resources: readonly Resource[]): string {
  const patients = resources.flatMap((it) => (it.resourceType === 'Patient' ? [nameOf(it)] : []));
  if (patients.length < 2) return patients[0] ?? 'none';
  const subjects = resources.flatMap((it) =>
    it.resourceType === 'ServiceRequest'
      ? (it.subject.reference ?? [])
      : it.resourceType === 'Task'
        ? (it.for?.reference ?? [])
        : [],
  );
  return patients.find((it) => subjects.includes(it)) ?? patients[0]!;
}

type Disclosed = {
  readonly receipt: Receipt;
  /** What was disclosed; nothing when it was refused. */
  readonly resources: readonly Resource[];
  readonly evidence: Evidence;
};

/** The signed proof of one disclosure of a source. */
export function proofOf(commitment: Commitment, disclosed: Disclosed, context: Omit<ProofContext, 'key'>): Proof {
  const { receipt, evidence } = disclosed;
  const unsigned = {
    format: 1 as const,
    message: context.message,
    root: commitment.root,
    leaves: commitment.leaves.length,
    source: commitment.source,
    person: commitment.person,
    receipt,
    grounds: evidence.grounds,
    configuration: context.configuration,
    ...provenPaths(commitment, disclosed),
    decidedAt: receipt.decidedAt,
    key: context.signer.id,
  };
  return { ...unsigned, signature: context.signer.sign(canonicalJson(unsigned)) };
}

/** The text that is signed. */
export const signedTextOf = ({ signature: _, ...unsigned }: Proof): string => canonicalJson(unsigned);

const resourceOf = ({ path }: LeafValue): string => path.slice(0, path.indexOf('.'));

const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;

/** What was decided on each path of the source. A message may have hundreds of disclosures of the same source. */
function provenPaths(
  { byResource, resources }: Commitment,
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
  for (const [name, values] of byResource) {
    const resource = resources.get(name)!;
    const reason = reasonFor(receipt, name);
    const [judgement, output] = [judged.get(name), disclosed.get(name)];
    if (!judgement && !output) {
      found.withheld.push({ resource: name, reason });
      continue;
    }
    const paths = values.map(({ path }) => path.slice(name.length + 1));
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
  const index = values.findIndex((it) => it.path === path);
  const found = values[index];
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
