#!/usr/bin/env node
// `npx mgn` in a clone: npm links the commands of a workspace into node_modules/.bin, but not those of the root.
import '../../bin/mgn.js';
