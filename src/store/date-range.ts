export type DateRange = { readonly low: number; readonly high: number };

const form =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/**
 * The interval covered by a date, dateTime or instant of this precision (https://hl7.org/fhir/R4/search.html#date), in
 * milliseconds, both ends inclusive. Without a zone UTC is assumed, in resources and queries alike. Undefined when it
 * is not a date.
 */
export function dateRange(text: unknown): DateRange | undefined {
  const parts = typeof text === 'string' ? form.exec(text) : null;
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = parts;
  const at = (add: { year?: number; month?: number; day?: number } = {}): number =>
    Date.UTC(
      Number(year) + (add.year ?? 0),
      Number(month ?? 1) - 1 + (add.month ?? 0),
      Number(day ?? 1) + (add.day ?? 0),
      Number(hour ?? 0),
      Number(minute ?? 0),
      Number(second ?? 0),
      Number((fraction ?? '').padEnd(3, '0').slice(0, 3)),
    ) - offset(zone);
  const low = at();
  if (new Date(low + offset(zone)).toISOString().slice(0, 10) !== `${year}-${month ?? '01'}-${day ?? '01'}`)
    return undefined;
  const next =
    month === undefined
      ? at({ year: 1 })
      : day === undefined
        ? at({ month: 1 })
        : hour === undefined
          ? at({ day: 1 })
          : low + (second === undefined ? 60_000 : fraction === undefined ? 1_000 : 1);
  return { low, high: next - 1 };
}

function offset(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
