import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiPage } from './api.ts';

const root = join(import.meta.dirname, '../..');
writeFileSync(join(root, 'docs/reference/api.md'), apiPage(root));
