/** Entry point of the thread for heavy work. One job at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { readDefinition } from '../../definitions/definition-text.ts';
import { openDefinitions } from '../../definitions/registry.ts';
import type { Transformed, TransformJob } from '../../exchange/maps/heavy-work.ts';
import { compileNetworkMap } from '../../exchange/maps/models.ts';
import { mapTerminology } from '../../exchange/maps/terminology.ts';
import { parseJson, parseJsonObject, writeJson } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import { MapError } from '../../mapping/index.ts';
import { openValidator, type Validator } from '../../validation/index.ts';
import { gatewayPolicy, systemClock } from '../own-validator.ts';
import type { Job, Message, ThreadOptions } from './jobs.ts';

const { profiles, waive } = workerData as ThreadOptions;
const send = (message: Message): void => parentPort?.postMessage(message);
let validator: Validator | undefined;
const terminology = mapTerminology(() => openDefinitions({ definitions: profiles.map((text) => parseJson(text)) }));

async function perform(job: Job): Promise<void> {
  if (job.kind === 'transform') {
    send({ kind: 'started' });
    send({ kind: 'done', value: transform(job.job) });
    return;
  }
  validator ??= await openValidator({
    ...systemClock,
    ...gatewayPolicy,
    definitions: profiles.map((text) => parseJson(text)),
    waive,
  });
  send({ kind: 'started' });
  send({ kind: 'done', value: validator.validate(parseJson(job.resource), job.options) });
}

function transform({ map, definitions, content, now }: TransformJob): Transformed {
  try {
    const all = readDefinition(definitions) as Resource[];
    const { output, issues = [] } = compileNetworkMap([{ path: 'srcMap', text: map }], {
      definitions: all,
      terminology,
    }).run(parseJsonObject(content), { now });
    return { output: writeJson(output), issues };
  } catch (error) {
    if (error instanceof MapError) return { issues: error.problems };
    throw error;
  }
}

parentPort?.on('message', (job: Job) => {
  perform(job).catch((error: unknown) => {
    if (error instanceof RangeError) send({ kind: 'exceeded' });
    // The message of an error may contain a value of the request: only its name and place go on.
    else
      send({
        kind: 'fault',
        name: error instanceof Error ? error.name : 'error',
        stack:
          error instanceof Error
            ? (error.stack ?? '')
                .split('\n')
                .filter((line) => line.startsWith('    at '))
                .join('\n')
            : '',
      });
  });
});
