// Takes from a newer Node what Node 22 does not have, so that a use of it fails in this clone too.
const absent = [
  [globalThis, 'Temporal', 'Float16Array', 'DisposableStack', 'AsyncDisposableStack', 'URLPattern'],
  [Map.prototype, 'getOrInsert', 'getOrInsertComputed'],
  [WeakMap.prototype, 'getOrInsert', 'getOrInsertComputed'],
  [Iterator, 'concat'],
  [RegExp, 'escape'],
  [Promise, 'try'],
  [Error, 'isError'],
  [Intl, 'DurationFormat'],
  [Date.prototype, 'toTemporalInstant'],
  [Uint8Array, 'fromBase64', 'fromHex'],
  [Uint8Array.prototype, 'toBase64', 'toHex'],
];
for (const [object, ...names] of absent) for (const name of names) delete object[name];
