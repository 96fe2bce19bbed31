import type { Bundle } from '@medplum/fhirtypes';
import type { ChannelName } from '../../delivery/channel/destination.ts';
import type { Network } from '../../directory/index.ts';
import { canonicalBase } from '../../fhir/canonical.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Outgoing } from '../maps/outgoing.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import { defaultShapes } from './disclosure-to.ts';

type ShapeContext = { readonly outgoing: Pick<Outgoing, 'shapes'> };

/**
 * What is disclosed, in the shape of its recipient: the output of the map that the recipient's configuration names. The
 * map reads the disclosure and nothing else. The same disclosure has the same output. Issue: `outgoing-shape-failed`.
 */
export function shaped({ outgoing }: ShapeContext, { partner, shape, bundle }: Disclosure): Result<unknown> {
  if (shape === undefined) return success(bundle);
  const map = outgoing.shapes.get(shape)?.map;
  if (!map) return failure(issue('outgoing-shape-failed', { partner, shape, rules: 'partner-shape-unknown' }));
  const { output, issues = [] } = map.run(bundle, { seed: seedOf(bundle) });
  const rules = [...new Set(issues.filter(isError).map(({ rule }) => rule))];
  return rules.length
    ? failure(issue('outgoing-shape-failed', { partner, shape, rules: rules.join(', ') }))
    : success(output);
}

/** Issues of all disclosures that have a shape, before anything is stored: a destination that cannot get it is reported to the sender. */
export const shapeIssues = (context: ShapeContext, disclosures: readonly Disclosure[]): readonly Issue[] =>
  disclosures.flatMap((it) => (it.shape === undefined ? [] : shaped(context, it).issues));

/** Shapes of partners that do not exist, or that their channel cannot send. */
export const partnerShapeIssues = (
  { partners }: Pick<Network, 'partners'>,
  { shapes }: Pick<Outgoing, 'shapes'>,
): readonly Issue[] =>
  [...partners.values()].flatMap(({ id, channel, shape = channel === 'zgw' ? defaultShapes.zgw : undefined }) => {
    if (shape === undefined) return [];
    const about = { file: 'network/partners.yaml', partner: id, shape };
    const made = shapes.get(shape);
    if (!made) return [issue('partner-shape-unknown', { ...about, shapes: [...shapes.keys()].join(', ') || '-' })];
    const wanted = targets[channel];
    return made.target === wanted
      ? []
      : [issue('partner-shape-unsuitable', { ...about, channel, target: made.target || '-', wanted: wanted ?? '-' })];
  });

/** What the map of a shape makes, for each channel that sends shapes. */
const targets: Readonly<Partial<Record<ChannelName, string>>> = {
  'fhir-rest': 'http://hl7.org/fhir/StructureDefinition/Bundle',
  zgw: `${canonicalBase}/StructureDefinition/zgw-case`,
};

const seedOf = ({ entry = [] }: Bundle): string => entry.map(({ resource }) => resource?.id ?? '').join(' ');
