// Makes the tables of docs/classification.md anew after a change to rules, catalogue or corpus.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, readDocument, withFreshTables } from '../test/corpus/document.js';

writeFileSync(DOCUMENT, withFreshTables(readDocument()));
