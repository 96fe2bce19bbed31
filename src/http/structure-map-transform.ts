import type { Context } from 'hono';
import { mayPartner } from '../access/decide/index.ts';
import type { Partner } from '../directory/index.ts';
import { networkModel } from '../exchange/maps/models.ts';
import { runMap } from '../exchange/maps/run-map.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { isHl7 } from '../exchange/reading/hl7v2.ts';
import { mediaTypeOf } from '../exchange/reading/media-type.ts';
import { read } from '../exchange/reading/parse.ts';
import { parseMessage, type SentMessage } from '../exchange/reading/sent-message.ts';
import { type Issue, isError, issue } from '../fhir/issue.ts';
import { parseJsonObject, writeJson } from '../fhir/json.ts';
import type { Limits } from '../fhir/parse-error.ts';
import type { Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { RunResult } from '../mapping/index.ts';
import { yieldToOthers } from '../turns.ts';
import { readBody } from './body.ts';
import { varying } from './compressed.ts';
import type { DryRuns } from './dry-runs.ts';
import { mapOutcome } from './map-outcome.ts';
import { forReader, type ReadOutcome } from './reader.ts';
import { reply } from './reply.ts';

/** Content to transform, with the map by its canonical (`source`) or as text (`inline`). */
type TransformRequest = {
  readonly content: object;
  readonly source?: string;
  readonly inline?: string;
  /** The body itself, with what was noticed when it was read. */
  readonly sent?: SentMessage;
  readonly noticed?: readonly Issue[];
};

/**
 * StructureMap/$transform (https://hl7.org/fhir/R4/structuremap-operation-transform.html) by id, by `source`, or, for
 * the operator, with the map in the request (`sourceMap` as StructureMap, `srcMap` as FML). Content is FHIR, or, as the
 * body itself, HL7 v2 or the JSON of a form. Answers with the output; nothing is stored. The header Mgn-Findings lists
 * the rules of findings that did not stop the map, and Mgn-Unread the paths of values that the map did not read.
 */
export const transform = (gateway: Gateway, context: Context, dryRuns: DryRuns) =>
  forReader(gateway, context, 'transform', async (partner): Promise<ReadOutcome> => {
    const exceeded = dryRuns(partner);
    if (exceeded) return exceeded;
    const { limits } = gateway.network.settings;
    const body = await readBody(context, limits.bodyBytes);
    if (!body.ok) return refused(body);
    const yieldIfDue = yieldToOthers();
    const request = transformRequestIn(context.req.header('content-type') ?? '', body.value, limits);
    if (!request.ok) return refused(request);
    await yieldIfDue();
    const done = await transformed(gateway, partner, context, request.value);
    if (!done.ok) return { kind: 'refused', issues: done.issues, body: mapOutcome(done.issues) };
    await yieldIfDue();
    const { output, issues = [] } = done.value;
    if (issues.some(isError)) return { kind: 'refused', issues, body: mapOutcome(issues) };
    return { kind: 'shown', response: written(context, output, findingsIn(issues)), references: [] };
  });

const refused = ({ issues }: Result<unknown>): ReadOutcome => ({ kind: 'refused', issues });

/** More paths make a header too long for some proxies. */
const maximumPaths = 50;

function findingsIn(issues: readonly Issue[]): Readonly<Record<string, string>> {
  const rules = new Set(issues.map(({ rule }) => rule));
  const unreadPaths = issues
    .filter(({ rule }) => rule === 'hl7-value-ignored' || rule === 'form-value-ignored')
    .flatMap(({ expression }) => expression ?? [])
    .slice(0, maximumPaths);
  return {
    ...(rules.size > 0 ? { 'Mgn-Findings': [...rules].join(', ') } : {}),
    ...(unreadPaths.length > 0 ? { 'Mgn-Unread': unreadPaths.join(', ') } : {}),
  };
}

/** FHIR in the negotiated format; XML text as its map writes it; any other output as JSON. */
function written(context: Context, output: unknown, finding: Readonly<Record<string, string>>): Response {
  const headers = { 'Cache-Control': 'no-store', ...finding, ...varying(context) };
  if (typeof output === 'string')
    return new Response(output, { headers: { 'Content-Type': 'application/xml; charset=utf-8', ...headers } });
  if (typeof (output as Partial<Resource> | null)?.resourceType === 'string')
    return reply(context, output as Resource, 200, finding);
  return new Response(writeJson(output), {
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  });
}

function transformRequestIn(contentType: string, body: Uint8Array, limits: Partial<Limits>): Result<TransformRequest> {
  const isOther = isHl7(contentType) || mediaTypeOf(contentType).type === 'application/json';
  const parsed = isOther
    ? parseMessage({ intake: 'content', contentType, body }, limits)
    : read(contentType, body, limits);
  if (!parsed.ok) return parsed;
  const content = 'message' in parsed.value ? parsed.value.message : parsed.value.resource;
  if ((content as Partial<Resource>).resourceType === 'Parameters') return parametersOf(content);
  return success({ content, ...('shape' in parsed.value ? { sent: parsed.value, noticed: parsed.issues ?? [] } : {}) });
}

/** The Parameters are not validated yet. */
function parametersOf(body: object): Result<TransformRequest> {
  const { parameter } = body as { readonly parameter?: unknown };
  const parameters = (Array.isArray(parameter) ? parameter : []).filter(isObject);
  const part = (name: string) => parameters.find((it) => it.name === name);
  const content = part('content')?.resource;
  if (!isObject(content)) return failure(issue('body-missing', {}, { expression: 'Parameters.parameter' }));
  const canonical = part('source');
  const source = [canonical?.valueUri, canonical?.valueCanonical, canonical?.valueUrl].find(
    (it) => typeof it === 'string',
  );
  const [sourceMap, srcMap] = [part('sourceMap')?.resource, part('srcMap')?.valueString];
  const inline = typeof srcMap === 'string' ? srcMap : isObject(sourceMap) ? writeJson(sourceMap) : undefined;
  return success({
    content,
    ...(typeof source === 'string' ? { source } : {}),
    ...(inline === undefined ? {} : { inline }),
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** A map of the gateway runs at once, within its steps; one of the request may be of any kind, and runs off the main loop. */
async function transformed(
  gateway: Gateway,
  partner: Partner,
  context: Context,
  { content, source, inline, sent, noticed = [] }: TransformRequest,
): Promise<Result<Pick<RunResult, 'output' | 'issues'>>> {
  const id = context.req.param('id');
  const url = source ?? context.req.query('source');
  const now = gateway.world.now();
  if (id === undefined && url === undefined && inline !== undefined) {
    if (!mayPartner(gateway.network, partner, 'transform-inline', ['operation', 'unread']).decision)
      return failure(issue('operator-only', {}));
    const done = await gateway.heavy.transform({
      map: inline,
      definitions: definitionsOf(gateway),
      content: writeJson(content),
      now,
    });
    if (!done.ok) return done;
    const { output, issues } = done.value;
    return output === undefined ? failure(...issues) : success({ output: readOutput(output), issues });
  }
  const found = gateway.maps.find((it) => (id === undefined ? it.map.url === url?.split('|')[0] : it.id === id));
  if (!found) return failure(issue('not-found', {}));
  const model = sent?.shape === 'json' ? networkModel(found.map.source, found.definitions) : undefined;
  const { output, issues = [] } = sent
    ? runMap({ map: found.map, model }, sent, { now })
    : found.map.run(content, { now });
  return success({ output, issues: [...noticed, ...issues] });
}

/** A map of the request may use the models that the network's own maps use. */
const definitionsOf = ({ maps }: Gateway): string =>
  writeJson([
    ...new Map(maps.flatMap((it) => it.definitions).map((it) => [(it as { url?: string }).url, it])).values(),
  ]);

/** An object, or the XML of a model; numbers keep their digits. */
const readOutput = (json: string): unknown => (json.startsWith('"') ? JSON.parse(json) : parseJsonObject(json));
