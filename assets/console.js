// The script of the console. A page works without it, but for what is hidden until it runs.
'use strict';

const $ = (id) => document.getElementById(id);

// --- Workbench: the message comes from the box, a file, or the fragment of a shared link, which no server gets to see.

const pack = async (text) => {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
};

/** A link may unpack to this many characters: a small one could otherwise fill the memory of its reader. */
const mostCharacters = 6_000_000;

const unpack = async (packed) => {
  const binary = atob(packed.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = Uint8Array.from(binary, (it) => it.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (text.length > mostCharacters) throw new Error('too long');
  }
  return text + decoder.decode();
};

const run = () => $('trial').requestSubmit();

const take = async (file) => {
  $('message').value = await file.text();
  run();
};

async function openShared() {
  const packed = /^#in=([\w-]+)$/.exec(location.hash)?.[1];
  if (!packed) return;
  try {
    $('message').value = await unpack(packed);
    run();
  } catch {
    // a link that was cut off: the page stays empty
  }
}

function startWorkbench() {
  const message = $('message');
  for (const id of ['share', 'file-button']) $(id).hidden = false;
  $('open-example').hidden = true; // choosing opens it
  $('example').addEventListener('change', () => $('examples').requestSubmit());
  $('file-button').addEventListener('click', () => $('file').click());
  $('file').addEventListener('change', ({ target }) => target.files[0] && take(target.files[0]));
  for (const it of ['dragover', 'drop']) document.addEventListener(it, (event) => event.preventDefault());
  document.addEventListener('drop', ({ dataTransfer }) => dataTransfer.files[0] && take(dataTransfer.files[0]));
  $('share').addEventListener('click', async () => {
    history.replaceState(null, '', `/workbench#in=${await pack(message.value)}`);
    await navigator.clipboard?.writeText(location.href).catch(() => {});
    say($('toast'));
  });
  openShared();
  showResult(false);
}

/** After a trial: the first issue in view, the first line with an origin chosen. */
function showResult(isNew) {
  for (const it of document.querySelectorAll('[data-copy]')) it.hidden = false;
  const wrong = document.querySelector('#input .bad') ?? document.querySelector('#input .warned');
  const first = (wrong && becameOf(Number(wrong.dataset.n))) ?? narrowest();
  if (first) choose(first);
  if (wrong) scrollTo($('input'), wrong);
  if (isNew) $('verdict')?.focus({ preventScroll: true });
}

// --- Lineage: the lines of an element light up on both sides.

const rangesOf = (line) => (line.dataset.lines ?? '').split(' ').filter(Boolean).map((it) => it.split('-').map(Number));

function choose(line, scrolls = true) {
  const lineage = $('lineage');
  if (!lineage) return;
  for (const it of document.querySelectorAll('.line.lit')) it.classList.remove('lit');
  const { path, source, rule, file } = line.dataset;
  for (const it of document.querySelectorAll('#result-lines .line')) {
    const own = it.dataset.path;
    if (own === path || own.startsWith(`${path}.`) || own.startsWith(`${path}[`)) it.classList.add('lit');
  }
  const ranges = rangesOf(line);
  for (const [from, to] of ranges) for (let n = from; n <= to; n++) $(`r${n}`)?.classList.add('lit');
  const [first] = ranges[0] ?? [];
  const words = lineage.dataset;
  lineage.querySelector('[data-from]').textContent = source ? `${short(source)}${first ? `, ${words.line} ${first}` : ''}` : words.constant;
  lineage.querySelector('[data-rule]').textContent = rule ? `${rule} · ${file}` : words.asSent;
  lineage.querySelector('[data-to]').textContent = short(path);
  for (const it of document.querySelectorAll('.line[data-chosen]')) delete it.dataset.chosen;
  line.dataset.chosen = '';
  if (first && scrolls) scrollTo($('input'), $(`r${first}`));
  scrollTo($('result-lines'), line, !scrolls);
}

const short = (path) => path.replace(/^Bundle\.entry\[(\d+)\]\.resource/, 'entry[$1]');

function scrollTo(box, line, isForced = true) {
  if (!box || !line) return;
  const top = line.offsetTop - box.offsetTop;
  if (isForced || top < box.scrollTop || top > box.scrollTop + box.clientHeight - 40) box.scrollTop = top - 60;
}

/** The first value that a rule wrote from a line of its own: it shows best what lineage is. */
const narrowest = () =>
  [...document.querySelectorAll('#result-lines [data-rule][data-lines]')].find((line) =>
    rangesOf(line).every(([from, to]) => to - from < 10),
  ) ?? document.querySelector('#result-lines [data-lines]');

/** The result line that an input line became: the one with the narrowest source around it. */
function becameOf(n) {
  const fitting = [...document.querySelectorAll('#result-lines [data-lines]')].flatMap((line) =>
    rangesOf(line).flatMap(([from, to]) => (from <= n && n <= to ? { line, size: to - from } : [])),
  );
  return fitting.sort((one, other) => one.size - other.size)[0]?.line;
}

document.addEventListener('click', ({ target }) => {
  const line = target.closest('.line');
  if (line?.closest('#result-lines')) choose(line);
  else if (line?.closest('#input')) {
    const became = becameOf(Number(line.dataset.n));
    if (became) choose(became);
  }
  const copied = target.closest('[data-copy]');
  if (copied) navigator.clipboard?.writeText($(copied.dataset.copy).textContent).catch(() => {});
  const kept = target.closest('[data-keep-fragment]');
  if (kept && location.hash) kept.hash = location.hash;
});

document.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const box = event.target;
  if (!step || box.id !== 'result-lines') return;
  event.preventDefault();
  const lines = [...box.querySelectorAll('.line')];
  const at = lines.findIndex((it) => it.dataset.chosen !== undefined);
  const next = lines[Math.min(Math.max(at + step, 0), lines.length - 1)];
  if (next) choose(next);
});

// --- What htmx does, and what it could not do.

function say(toast) {
  toast.hidden = false;
  setTimeout(() => {
    toast.hidden = true;
  }, 6_000);
}

document.addEventListener('htmx:before:request', () => {
  for (const it of document.querySelectorAll('[type="submit"][form="trial"]')) it.setAttribute('aria-busy', 'true');
});
document.addEventListener('htmx:finally:request', () => {
  for (const it of document.querySelectorAll('[aria-busy]')) it.removeAttribute('aria-busy');
});
document.addEventListener('htmx:after:swap', () => showResult(true));
document.addEventListener('htmx:error', ({ detail }) => {
  const template = $('no-answer');
  if (!detail?.ctx || !template) return;
  $('trial-result').replaceChildren(template.content.cloneNode(true));
});

for (const it of document.querySelectorAll('[data-print]')) {
  it.hidden = false;
  it.addEventListener('click', () => print());
}

if ($('trial')) startWorkbench();
