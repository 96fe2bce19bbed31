/** The day (yyyy-mm-dd) that it is where the network is. */
export const dayIn = (timezone: string, now: Date): string => formatOf(timezone).format(now);

const formats = new Map<string, Intl.DateTimeFormat>();

/** To make one takes longer than to route a message. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  formats.set(timezone, format);
  return format;
}
