// Proof that the window offers for each kind only what the catalogue can do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KINDS } from '../catalogue/kinds.ts';
import type { KindName } from '../catalogue/catalogue.ts';
import { OFFERS } from '../web/kinds/offers.ts';

for (const [name, kind] of Object.entries(KINDS) as [KindName, (typeof KINDS)[KindName]][]) {
  test(`the window sorts by ${name} exactly if lists can`, () => assert.equal(OFFERS[name].sortable, kind.sortable));
  test(`the window filters ${name} only by operators that it has`, () => assert.deepEqual(OFFERS[name].operators.filter((o) => !kind.operators.includes(o)), []));
}
