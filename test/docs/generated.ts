/** The generated pages of docs/, and the pages with generated blocks. `npm run docs` writes them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filled } from './markdown.ts';
import { accessPage, accessRego } from './pages/access.ts';
import { cliPage } from './pages/cli.ts';
import { deliveryBlocks } from './pages/delivery.ts';
import { disclosurePage, disclosurePageInDutch } from './pages/disclosure.ts';
import { findingsPage } from './pages/findings.ts';
import { httpPage } from './pages/http.ts';
import { referralFormPage } from './pages/referral-form.ts';
import { workflowBlocks, workflowPage } from './pages/workflow.ts';

const docs = join(import.meta.dirname, '../../docs');

/** Each page by its path under docs/, from its present text. */
export const generated: Readonly<Record<string, (text: string) => string | Promise<string>>> = {
  'reference/access.md': accessPage,
  'reference/access.rego': accessRego,
  'reference/cli.md': cliPage,
  'reference/disclosure.md': disclosurePage,
  'reference/disclosure.nl.md': disclosurePageInDutch,
  'reference/findings.md': findingsPage,
  'reference/http.md': httpPage,
  'reference/workflow.md': workflowPage,
  'guide/referral-form.md': referralFormPage,
  'guide/workflow.md': (text) => filled(text, workflowBlocks),
  'guide/ehr-vendor.md': async (text) => filled(text, await deliveryBlocks()),
};

export const pageAt = (path: string): string => {
  try {
    return readFileSync(join(docs, path), 'utf8');
  } catch {
    return '';
  }
};

if (import.meta.main)
  for (const [path, make] of Object.entries(generated)) writeFileSync(join(docs, path), await make(pageAt(path)));
