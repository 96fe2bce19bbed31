import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/store/sqlite/database.ts';
import { type Group, groupCommit } from '../../src/store/sqlite/group-commit.ts';

let database: Database;
let group: Group;
let commits: number;

beforeEach(() => {
  const opened = openDatabase(':memory:', 0);
  opened.exec('create table row (name text primary key)');
  commits = 0;
  database = {
    ...opened,
    run: (sql, ...values) => {
      if (sql === 'commit') commits += 1;
      return opened.run(sql, ...values);
    },
  };
  group = groupCommit(database);
});
afterEach(() => database.close());

const insert = (name: string) => () => database.run('insert into row (name) values (?)', name).changes;
const stored = () => database.all('select name from row order by rowid').map(({ name }) => name);

describe('writes of one turn', () => {
  test('share one transaction', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => group.write(insert(name))));
    expect([commits, stored()]).toEqual([1, ['a', 'b', 'c']]);
  });

  test('are all stored but the one that throws, in their order', async () => {
    const half = () => {
      insert('half')();
      throw new Error('broken');
    };
    const results = await Promise.allSettled([group.write(insert('a')), group.write(half), group.write(insert('b'))]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(stored()).toEqual(['a', 'b']);
  });

  test('see the earlier ones, also after one has thrown', async () => {
    const count = () => database.get('select count(*) as n from row')?.n;
    const results = await Promise.allSettled([
      group.write(insert('a')),
      group.write(insert('a')),
      group.write(count),
      group.write(insert('b')),
      group.write(count),
    ]);
    const values = results.map((it) => (it.status === 'fulfilled' ? it.value : 'rejected'));
    expect(values).toEqual([1, 'rejected', 1, 1, 2]);
  });

  test('all fail when their transaction cannot end, and each was tried once', async () => {
    const opened = database;
    let runs = 0;
    const failing = groupCommit({
      ...opened,
      run: (sql, ...values) => {
        if (sql === 'commit') throw new Error('disk full');
        return opened.run(sql, ...values);
      },
    });
    const work = (name: string) => () => {
      runs += 1;
      return insert(name)();
    };
    const results = await Promise.allSettled([failing.write(work('a')), failing.write(work('b'))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([runs, stored()]).toEqual([2, []]);
  });
});
