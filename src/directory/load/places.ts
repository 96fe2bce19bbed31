import type { CheckedFile } from '../../definitions/checked-yaml.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import type { Municipality, PostcodeRange } from '../../routing/index.ts';
import type { PlacesFile } from './network-files.ts';
import type { WithIssues } from './with-issues.ts';

/** The municipalities of places.yaml; a postcode in two municipalities is a mistake. */
export function municipalitiesOf({
  value,
  file,
  placeOf,
}: CheckedFile<PlacesFile>): WithIssues<readonly Municipality[]> {
  const issues: Issue[] = [];
  const taken = new Set<number>();
  const codes = new Set<string>();
  const municipalities = value.municipalities.map(({ code, name, postcodes }, index) => {
    const at = ['municipalities', index];
    if (codes.has(code))
      issues.push(
        issue(
          'config-duplicate',
          { file, path: `municipalities[${index}].code`, name: code },
          placeOf([...at, 'code']),
        ),
      );
    codes.add(code);
    const ranges = postcodes.map((text, n) => {
      const range = rangeOf(text);
      const path = `municipalities[${index}].postcodes[${n}]`;
      const place = placeOf([...at, 'postcodes', n]);
      if (range.from > range.to)
        issues.push(issue('config-value-invalid', { file, path, wanted: 'from <= to' }, place));
      const again = numbersOf(range).find((it) => taken.has(it));
      if (again !== undefined) issues.push(issue('config-duplicate', { file, path, name: again }, place));
      for (const it of numbersOf(range)) taken.add(it);
      return range;
    });
    return { code, name, postcodes: ranges };
  });
  return { value: municipalities, issues };
}

function rangeOf(text: string): PostcodeRange {
  const [from = 0, to = from] = text.split('-').map(Number);
  return { from, to };
}

const numbersOf = ({ from, to }: PostcodeRange): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
