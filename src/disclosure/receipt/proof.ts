import { canonicalJson } from '../../fhir/canonical-json.ts';
import type { Resource } from '../../fhir/resource.ts';
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
  /** Reference to the Patient whose key the salts are derived from; `none` without one. */
  readonly person: string;
  readonly receipt: Receipt;
  /** Rules of the projection that decided, each once. */
  readonly rules: readonly string[];
  /** Consents and other grounds beside the legal basis. */
  readonly grounds: readonly string[];
  /** Digest of the configuration set. */
  readonly configuration: string;
  /** Paths that were withheld, by resource: all of it, or these; with the reason. */
  readonly withheld: readonly WithheldPaths[];
  readonly decidedAt: string;
  readonly key: string;
  readonly signature: string;
};

export type WithheldPaths = {
  readonly resource: string;
  /** Below the resource, with a space between them; absent: the whole resource. */
  readonly paths?: string;
  readonly reason: string;
};

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
  /** For receipts of this person. */
  readonly key: Uint8Array;
  readonly signer: ProofSigner;
  readonly message: string;
  readonly configuration: string;
};

/** A resource of the source with the version under which it is stored. */
export type SourceResource = { readonly resource: Resource; readonly version: number };

/** A rule that decided on a path of the source; `reason`: it withholds. */
export type PathDecision = { readonly rule?: string; readonly reason?: string };

/** The leaves of a source, calculated once for all of its disclosures. */
export type Commitment = {
  readonly values: readonly LeafValue[];
  /** The values by resource, `Type/id`. */
  readonly byResource: ReadonlyMap<string, readonly LeafValue[]>;
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
  const patient = resources.find(({ resourceType }) => resourceType === 'Patient');
  const person = patient ? `Patient/${patient.id}` : 'none';
  const values = valuesOf(resources);
  const salts = saltsOf(messageKey(key, { person, message }), values.length);
  const leaves = values.map((it, index) => leafOf(it, salts[index]!));
  return {
    values,
    byResource: Map.groupBy(values, resourceOf),
    leaves,
    salts,
    person,
    root: rootOf(leaves),
    source: source.map(sourceName),
  };
}

type Disclosed = {
  readonly receipt: Receipt;
  /** What was disclosed; nothing when it was refused. */
  readonly resources: readonly Resource[];
  readonly grounds?: readonly string[];
  /** By path of the source, where the projection has one; otherwise a value that is not in what was disclosed is withheld. */
  readonly decisionOf?: (path: string) => PathDecision | undefined;
};

/** The signed proof of one disclosure of a source. */
export function proofOf(commitment: Commitment, disclosed: Disclosed, context: ProofContext): Proof {
  const { receipt, resources, grounds = [], decisionOf } = disclosed;
  const rules = new Set<string>();
  const withheld = withheldOf(
    commitment,
    disclosed,
    (path) => {
      const decision = decisionOf?.(path);
      if (decision?.rule) rules.add(decision.rule);
      return decision;
    },
    new Set(valuesOf(resources).map(nameOf)),
  );
  const unsigned = {
    format: 1 as const,
    message: context.message,
    root: commitment.root,
    leaves: commitment.leaves.length,
    source: commitment.source,
    person: commitment.person,
    receipt,
    rules: [...rules].sort(),
    grounds,
    configuration: context.configuration,
    withheld,
    decidedAt: receipt.decidedAt,
    key: context.signer.id,
  };
  return { ...unsigned, signature: context.signer.sign(canonicalJson(unsigned)) };
}

/** The text that is signed. */
export const signedTextOf = ({ signature: _, ...unsigned }: Proof): string => canonicalJson(unsigned);

const resourceOf = ({ path }: LeafValue): string => path.slice(0, path.indexOf('.'));

const nameOf = ({ path, value }: LeafValue): string => `${path}\n${value}`;

/** A message may have hundreds of disclosures: the values of a resource are looked at where any of it was disclosed. */
function withheldOf(
  { byResource }: Commitment,
  { receipt, resources, decisionOf: hasLines }: Disclosed,
  decisionOf: (path: string) => PathDecision | undefined,
  shown: ReadonlySet<string>,
): readonly WithheldPaths[] {
  const disclosed = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
  return [...byResource].flatMap(([resource, values]): WithheldPaths[] => {
    const otherwise = reasonFor(receipt, resource);
    if (!hasLines && !disclosed.has(resource)) return [{ resource, reason: otherwise }];
    const byReason = new Map<string, string[]>();
    let count = 0;
    for (const it of values) {
      const decision = decisionOf(it.path);
      if (decision ? decision.reason === undefined : shown.has(nameOf(it))) continue;
      count += 1;
      const reason = decision?.reason ?? otherwise;
      const paths = byReason.get(reason) ?? [];
      paths.push(it.path.slice(resource.length + 1));
      byReason.set(reason, paths);
    }
    return count === values.length && byReason.size === 1
      ? [{ resource, reason: [...byReason.keys()][0]! }]
      : [...byReason].map(([reason, paths]) => ({ resource, paths: paths.join(' '), reason }));
  });
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
