import { hashLength } from '../../statements.ts';
import { either, type Fragment, joined, piece, value } from './fragment.ts';

/**
 * The earliest resource of each statement about these (`id/Type`), by seeks from one statement to the next: as many as
 * there are statements, however many resources state the same.
 */
export function keysOfStatements(parameter: number, about: readonly string[]): Fragment {
  if (about.length === 0) return piece`select key from resource where ${either([])}`;
  const next = (after: string): Fragment =>
    piece`(select t.value from token t where t.value > ${after} and t.value < s.about || '!'
      and t.parameter = ${value(parameter)} order by t.value limit 1)`;
  const abouts = joined(
    about.map((it) => piece`(${value(it)})`),
    ', ',
  );
  // '!' follows the space that ends the one and the hash
  return piece`select x.resource from (
    with recursive a(about) as (values ${abouts}),
    f(about, value) as (
      select s.about, ${next("s.about || ' '")} from a s
      union all
      select s.about, ${next(`substr(s.value, 1, length(s.about) + ${hashLength + 1}) || '!'`)} from f s
      where s.value is not null)
    select (select t.resource from token t where t.value = f.value and t.parameter = ${value(parameter)}
      order by t.resource limit 1) as resource
    from f where f.value is not null) x`;
}
