/** The text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/), read back. */
export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

export const samplesIn = (text: string): readonly Sample[] =>
  text.split('\n').flatMap((line) => {
    const [, name, labels = '', value = ''] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (!name) return [];
    const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', it = '']) => [label, it]);
    return {
      name,
      labels: Object.fromEntries(pairs),
      value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
    };
  });

/** The value of the sample with these labels, among others; undefined when there is none. */
export const measured = (text: string, name: string, labels: Readonly<Record<string, string>> = {}) =>
  samplesIn(text).find(
    (it) => it.name === name && Object.entries(labels).every(([label, value]) => it.labels[label] === value),
  )?.value;

/** Names of the metrics, as `# TYPE` announces them. */
export const metricNamesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!);
