import { readFileSync } from 'node:fs';
import { type Signer, signerOf } from '../audit/signed-head.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/**
 * The key with which the gateway signs: `MGN_SIGNING_KEY` has it in PEM, or `MGN_SIGNING_KEY_FILE` names its file. Undefined
 * without either. Issue: `audit-file-unreadable`.
 */
export function signerIn(environment: NodeJS.ProcessEnv): Result<Signer | undefined> {
  const { MGN_SIGNING_KEY: pem, MGN_SIGNING_KEY_FILE: file } = environment;
  if (!pem && !file) return success(undefined);
  try {
    const signer = signerOf(pem || readFileSync(file!, 'utf8'));
    if (signer) return success(signer);
    return failure(unreadable(file ?? 'MGN_SIGNING_KEY', 'it is not a private key of Ed25519 in PEM'));
  } catch (why) {
    return failure(unreadable(file ?? 'MGN_SIGNING_KEY', (why as NodeJS.ErrnoException).code ?? 'it cannot be read'));
  }
}

const unreadable = (file: string, problem: string) => issue('audit-file-unreadable', { file, problem });
