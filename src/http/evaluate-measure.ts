import type { Context } from 'hono';
import { dayIn, type Partner } from '../directory/index.ts';
import { factsOf } from '../exchange/measures/facts.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { mgnCodeSystem, mgnNaming } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import {
  countMeasure,
  isMeasureName,
  type Lists,
  measureCsv,
  measureReport,
  type Period,
  periodOf,
  suppressGroups,
} from '../measure/index.ts';
import { rejectionReasons } from '../workflow/index.ts';
import { csv, wantsCsv } from './csv.ts';
import { measuresOf } from './measure.ts';
import { askedPeriod } from './measure-parameters.ts';
import { formatOf } from './media.ts';
import { forReader, type Shown } from './reader.ts';
import { reply } from './reply.ts';

/**
 * Measure/[id]/$evaluate-measure (https://hl7.org/fhir/R4/measure-operation-evaluate-measure.html): the figures of a period
 * that is over, for members of the network, as a MeasureReport or as CSV. Nothing in them is about a person, and no count
 * of people is small (docs/operate/measures.md).
 */
export const evaluateMeasure = (gateway: Gateway, context: Context) =>
  forReader(
    gateway,
    context,
    'evaluate-measure',
    async (partner): Promise<Shown> => {
      const measure = measuresOf(gateway).find(({ id }) => id === context.req.param('id'));
      const name = measure?.id.replace(/^mgn-/, '') ?? '';
      if (!measure || !isMeasureName(name)) return { kind: 'refused', issues: [issue('not-found', {})] };
      if (!isMember(gateway, partner)) return { kind: 'refused', issues: [issue('measure-members-only', {})] };
      const { network, world } = gateway;
      const asked = await askedPeriod(context, network.settings.limits);
      const period = asked.ok ? periodIn(gateway, asked.value.start, asked.value.end) : asked;
      if (!period.ok) return { kind: 'refused', issues: period.issues };
      const facts = await factsOf(gateway, period.value);
      const counting = { facts, period: period.value, lists: listsOf(gateway) };
      const groups = suppressGroups(countMeasure(name, counting), network.settings.reports.smallestCount);
      const response = wantsCsv(context)
        ? csv(`${measure.id}-${period.value.start}`, measureCsv(groups, measure.id, period.value, wordsOf(gateway)))
        : reply(
            context,
            measureReport(groups, {
              measure,
              period: period.value,
              at: world.now(),
              reporter: network.settings.organization,
            }),
            200,
          );
      return { kind: 'shown', response, references: [`Measure/${measure.id}`] };
    },
    (it) => (wantsCsv(it) ? success('text/csv') : formatOf(it)),
  );

const isMember = ({ network }: Gateway, { organization }: Partner): boolean =>
  network.directory.organization(organization)?.member === true;

function periodIn({ network, world }: Gateway, start: string, end: string): Result<Period> {
  const grain = network.settings.reports.period;
  const period = periodOf(grain, start, end);
  if (!period) return failure(issue('measure-period-invalid', { period: grain }));
  return period.end < dayIn(network.settings.timezone, world.now())
    ? success(period)
    : failure(issue('measure-period-not-ended', {}));
}

/** What is counted of, from the network and from its code systems. */
const listsOf = ({ network, validator }: Gateway): Lists => ({
  municipalities: network.places.map(({ code }) => code),
  referrers: (validator.definitions.find('CodeSystem', mgnCodeSystem('organization-type'))?.concept ?? []).map(
    ({ code }) => code,
  ),
  reasons: rejectionReasons,
});

/** Dutch words for the codes in a table: names of municipalities, and the Dutch displays of our code systems. */
const wordsOf =
  ({ network, validator }: Gateway) =>
  ({ system, code }: { readonly system?: string; readonly code: string }): string | undefined => {
    if (system === mgnNaming('municipality')) return network.places.find((it) => it.code === code)?.name;
    const known = system === undefined ? undefined : validator.definitions.find('CodeSystem', system);
    const concept = known?.concept?.find((it) => it.code === code);
    return concept?.designation?.find(({ language }) => language === 'nl')?.value ?? concept?.display;
  };
