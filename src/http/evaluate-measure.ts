import type { Context } from 'hono';
import { dayIn } from '../directory/index.ts';
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
import { csv, prefersCsv } from './csv.ts';
import { measuresOf } from './measure.ts';
import { requestedPeriod } from './measure-parameters.ts';
import { formatOf } from './media.ts';
import { forReader, type ReadOutcome } from './reader.ts';
import { reply } from './reply.ts';

/**
 * Measure/[id]/$evaluate-measure (https://hl7.org/fhir/R4/measure-operation-evaluate-measure.html): one measure of an
 * ended period, for members of the network, as MeasureReport or CSV. Contains no data about a person; small counts are
 * suppressed (docs/operate/measures.md).
 */
export const evaluateMeasure = (gateway: Gateway, context: Context) =>
  forReader(
    gateway,
    context,
    'evaluate-measure',
    async (): Promise<ReadOutcome> => {
      const measure = measuresOf(gateway).find(({ id }) => id === context.req.param('id'));
      const name = measure?.id.replace(/^mgn-/, '') ?? '';
      if (!measure || !isMeasureName(name)) return { kind: 'refused', issues: [issue('not-found', {})] };
      const { network, world } = gateway;
      const requested = await requestedPeriod(context, network.settings.limits);
      const period = requested.ok ? periodIn(gateway, requested.value.start, requested.value.end) : requested;
      if (!period.ok) return { kind: 'refused', issues: period.issues };
      const facts = await factsOf(gateway, period.value);
      const counting = { facts, period: period.value, lists: listsOf(gateway) };
      const groups = suppressGroups(countMeasure(name, counting), network.settings.reports.smallestCount);
      const response = prefersCsv(context)
        ? csv(
            context,
            `${measure.id}-${period.value.start}`,
            measureCsv(groups, measure.id, period.value, wordsOf(gateway)),
          )
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
    (it) => (prefersCsv(it) ? success('text/csv') : formatOf(it)),
  );

function periodIn({ network, world }: Gateway, start: string, end: string): Result<Period> {
  const grain = network.settings.reports.period;
  const period = periodOf(grain, start, end);
  if (!period) return failure(issue('measure-period-invalid', { period: grain }));
  return period.end < dayIn(network.settings.timezone, world.now())
    ? success(period)
    : failure(issue('measure-period-not-ended', {}));
}

/** Codes by which counts are grouped, from the network and from its code systems. */
const listsOf = ({ network, validator }: Gateway): Lists => ({
  municipalities: network.places.map(({ code }) => code),
  referrers: (validator.definitions.find('CodeSystem', mgnCodeSystem('organization-type'))?.concept ?? []).map(
    ({ code }) => code,
  ),
  reasons: rejectionReasons,
});

/** Dutch text of the codes in a table: names of municipalities, and Dutch displays of our code systems. */
const wordsOf =
  ({ network, validator }: Gateway) =>
  ({ system, code }: { readonly system?: string; readonly code: string }): string | undefined => {
    if (system === mgnNaming('municipality')) return network.places.find((it) => it.code === code)?.name;
    const codeSystem = system === undefined ? undefined : validator.definitions.find('CodeSystem', system);
    const concept = codeSystem?.concept?.find((it) => it.code === code);
    return concept?.designation?.find(({ language }) => language === 'nl')?.value ?? concept?.display;
  };
